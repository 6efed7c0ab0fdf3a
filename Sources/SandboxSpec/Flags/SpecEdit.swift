import JSONText

/// A spec as JSON that flags write into; each value is checked against the field's shape, and errors name the flag.
struct SpecEdit {
    private(set) var json: JSONValue

    /// Sets a field, `[+]` at the end of the path for a new item.
    mutating func set(_ path: String, _ value: JSONValue, flag: String) throws(SpecError) {
        do throws(JSONShapeError) {
            let path = try JSONFieldPath(parsing: path)
            try JSONShape.choice(SpecShape.spec.shapes(at: path.steps[...])).check(value)
            json = try path.setting(value, in: json)
        } catch {
            throw SpecError(error, source: flag)
        }
    }

    /// Sets a field to a text, where there is one.
    mutating func set(_ path: String, _ text: String?, flag: String) throws(SpecError) {
        guard let text else { return }
        try set(path, .string(text), flag: flag)
    }

    /// Appends each text to an array.
    mutating func append(_ texts: [String], to path: String, flag: String) throws(SpecError) {
        for text in texts { try set(path + "[+]", .string(text), flag: flag) }
    }
}

extension JSONShape {
    /// The shapes that a value may have at the end of a path; none when there is no such field.
    func shapes(at steps: ArraySlice<JSONFieldPath.Step>) -> [JSONShape] {
        guard let step = steps.first else { return [self] }
        let rest = steps.dropFirst()
        return switch (self, step) {
        case (.choice(let alternatives), _): alternatives.flatMap { $0.shapes(at: steps) }
        case (.object(let object), .key(let key)): object.field(named: key)?.shape.shapes(at: rest) ?? []
        case (.map(_, let value), .key): value.shapes(at: rest)
        case (.array(let item, _), .index), (.array(let item, _), .append): item.shapes(at: rest)
        case (.sequence(let first, _), .index(0)): first.shapes(at: rest)
        case (.sequence(_, let item), .index): item.shapes(at: rest)
        // Appended to nothing it is the first: the check of the whole tells.
        case (.sequence(let first, let item), .append): item.shapes(at: rest) + first.shapes(at: rest)
        default: []
        }
    }
}
