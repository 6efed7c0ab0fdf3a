import JSONText

extension JSONShape {
    /// Every key that the shape knows, as a path: `a.b`, `a[].b`, `a{}` for free keys, `a#1.b` in a choice.
    func knownKeys(_ path: String = "") -> Set<String> {
        switch self {
        case .array(let item, _): item.knownKeys(path + "[]")
        case .map(_, let value): value.knownKeys(path + "{}")
        case .choice(let alternatives):
            alternatives.enumerated().reduce(into: []) { $0.formUnion($1.element.knownKeys("\(path)#\($1.offset)")) }
        case .object(let shape):
            shape.fields.reduce(into: []) { keys, field in
                keys.insert("\(path).\(field.name)")
                keys.formUnion(field.shape.knownKeys("\(path).\(field.name)"))
            }
        default: []
        }
    }

    /// Every key that a value has, as the same paths; those that the shape lacks too.
    func usedKeys(_ value: JSONValue, _ path: String = "") -> Set<String> {
        switch (self, value) {
        case (.array(let item, _), .array(let items)):
            items.reduce(into: []) { $0.formUnion(item.usedKeys($1, path + "[]")) }
        case (.map(_, let item), .object(let members)):
            members.values.reduce(into: []) { $0.formUnion(item.usedKeys($1, path + "{}")) }
        case (.choice(let alternatives), _):
            alternatives.enumerated().reduce(into: []) { keys, alternative in
                guard (try? alternative.element.check(value)) != nil else { return }
                keys.formUnion(alternative.element.usedKeys(value, "\(path)#\(alternative.offset)"))
            }
        case (.object(let shape), .object(let members)):
            members.reduce(into: []) { keys, member in
                keys.insert("\(path).\(member.key)")
                guard let field = shape.field(named: member.key) else { return }
                keys.formUnion(field.shape.usedKeys(member.value, "\(path).\(member.key)"))
            }
        default: []
        }
    }

    /// Every field of the shape with its path, those of choices included.
    func fields(_ path: String = "") -> [(path: String, field: JSONField)] {
        switch self {
        case .array(let item, _), .map(_, let item): item.fields(path + "[]")
        case .choice(let alternatives): alternatives.flatMap { $0.fields(path) }
        case .object(let shape):
            shape.fields.flatMap { [("\(path).\($0.name)", $0)] + $0.shape.fields("\(path).\($0.name)") }
        default: []
        }
    }
}
