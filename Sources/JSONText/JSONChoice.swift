/// A value of any of several shapes, and which of their errors to give when it is of none.
struct JSONChoice {
    /// The shapes, those of choices within this one in their place.
    private let alternatives: [JSONShape]

    init(_ alternatives: [JSONShape]) {
        self.alternatives = alternatives.contains(where: \.isChoice) ? Self.flattened(alternatives) : alternatives
    }

    private static func flattened(_ alternatives: [JSONShape]) -> [JSONShape] {
        alternatives.flatMap { alternative in
            guard case .choice(let inner) = alternative else { return [alternative] }
            return flattened(inner)
        }
    }

    func check(_ value: JSONValue) throws(JSONShapeError) {
        let candidates = alternatives.filter { $0.takesKind(of: value) }
        if case .object(let members) = value, let best = Self.closest(to: members, among: candidates) {
            try Self.check(value, first: best, then: candidates)
        } else if let first = candidates.first, candidates.count == 1 {
            try first.check(value)
        } else {
            for candidate in candidates where (try? candidate.check(value)) != nil {
                return
            }
            let found = candidates.isEmpty ? value.kind.article : JSONExcerpt.of(value)
            throw JSONShapeError(path: "", message: "expected \(expectation), found \(found)")
        }
    }

    /// Takes a value that any candidate takes, and else throws the first one's error.
    private static func check(
        _ value: JSONValue,
        first: JSONShape,
        then candidates: [JSONShape]
    ) throws(JSONShapeError) {
        do throws(JSONShapeError) {
            try first.check(value)
        } catch {
            guard candidates.count > 1, candidates.contains(where: { (try? $0.check(value)) != nil }) else {
                throw error
            }
        }
    }

    /// The alternative that an object is meant to be: one whose required keys are all there, or, if there is none, any;
    /// of several the one that knows most of the keys, and of those the first.
    private static func closest(to members: [String: JSONValue], among shapes: [JSONShape]) -> JSONShape? {
        let complete = shapes.filter { shape in
            shape.objectShape?.requiredNames.allSatisfy { members.index(forKey: $0) != nil } ?? true
        }
        let pool = complete.isEmpty ? shapes : complete
        guard pool.count > 1 else { return pool.first }
        let shared = pool.map { shape in
            shape.objectShape?.names.count { members.index(forKey: $0) != nil } ?? 0
        }
        return pool[shared.firstIndex(of: shared.max() ?? 0) ?? 0]
    }

    /// What follows "expected": "A, B or C".
    var expectation: String {
        var names: [String] = []
        for name in alternatives.flatMap(\.choiceNames) where !names.contains(name) {
            names.append(name)
        }
        guard names.count > 1, let last = names.last else { return names.first ?? "nothing" }
        return "\(names.dropLast().joined(separator: ", ")) or \(last)"
    }
}

extension JSONShape {
    fileprivate var isChoice: Bool {
        guard case .choice = self else { return false }
        return true
    }

    fileprivate var objectShape: JSONObjectShape? {
        guard case .object(let shape) = self else { return nil }
        return shape
    }

    /// Whether a value is of a type that this shape takes.
    fileprivate func takesKind(of value: JSONValue) -> Bool {
        switch (self, value.kind) {
        case (.any, _), (.bool, .bool), (.null, .null), (.string, .string), (.integer, .integer), (.number, .number),
            (.number, .integer), (.array, .array), (.sequence, .array), (.map, .object), (.object, .object):
            true
        case (.constant(let wanted), let kind): wanted.kind == kind
        case (.choice(let alternatives), _): alternatives.contains { $0.takesKind(of: value) }
        default: false
        }
    }

    /// What a list of alternatives says of this one.
    fileprivate var choiceNames: [String] {
        switch self {
        case .any: ["any value"]
        case .bool: [JSONKind.bool.article]
        case .null: [JSONKind.null.article]
        case .constant(let value): [JSONExcerpt.of(value)]
        case .string(let rule):
            if case .oneOf(let strings) = rule.form { strings.map(JSONExcerpt.quoted) } else { [rule.expectation] }
        case .integer: [JSONKind.integer.article]
        case .number: [JSONKind.number.article]
        case .array, .sequence: [JSONKind.array.article]
        case .map, .object: [JSONKind.object.article]
        case .choice(let alternatives): alternatives.flatMap(\.choiceNames)
        }
    }
}
