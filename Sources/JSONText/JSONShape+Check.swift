extension JSONShape {
    /// Checks a value against the shape.
    ///
    /// Of an object, unknown keys come first, by their bytes, then missing keys and wrong values in the order of the
    /// fields. A path is put together only when something is wrong.
    ///
    /// - Parameters:
    ///   - value: What to check.
    ///   - path: Where the value lies, for the error; empty for the whole.
    /// - Throws: The first thing that is wrong, the same on every run.
    package func check(_ value: JSONValue, at path: String = "") throws(JSONShapeError) {
        do throws(JSONShapeError) {
            try check(value)
        } catch {
            throw path.isEmpty ? error : error.inside(path)
        }
    }

    /// Checks a value; the error's path is relative to it.
    func check(_ value: JSONValue) throws(JSONShapeError) {
        switch (self, value) {
        case (.any, _), (.bool, .bool), (.null, .null):
            return
        case (.constant(let wanted), _):
            guard wanted != value else { return }
            throw Self.mismatch(JSONExcerpt.of(wanted), JSONExcerpt.of(value))
        case (.string(let rule), .string(let text)):
            guard let problem = rule.problem(with: text) else { return }
            throw JSONShapeError(path: "", message: problem)
        case (.integer(let range), .integer(let number)):
            guard !range.contains(number) else { return }
            throw Self.outOfRange(range)
        case (.number(let range), .number), (.number(let range), .integer):
            guard let number = value.numberValue, !range.contains(number) else { return }
            throw Self.outOfRange(range)
        case (.array(let item, let minimum), .array(let items)):
            try Self.check(items, item, minimum: minimum)
        case (.sequence(let first, let rest), .array(let items)):
            try Self.check(items, rest, minimum: 1, first: first)
        case (.map(let keys, let item), .object(let members)):
            try Self.check(members, keys: keys, item)
        case (.object(let shape), .object(let members)):
            try shape.check(members)
        case (.choice(let alternatives), _):
            try JSONChoice(alternatives).check(value)
        default:
            throw Self.mismatch(expectation, value.kind.article)
        }
    }

    /// What follows "expected" when the value is of another kind.
    private var expectation: String {
        switch self {
        case .any: "any value"
        case .bool: JSONKind.bool.article
        case .null: JSONKind.null.article
        case .constant(let value): JSONExcerpt.of(value)
        case .string(let rule): if case .oneOf = rule.form { rule.expectation } else { JSONKind.string.article }
        case .integer: JSONKind.integer.article
        case .number: JSONKind.number.article
        case .array, .sequence: JSONKind.array.article
        case .map, .object: JSONKind.object.article
        case .choice(let alternatives): JSONChoice(alternatives).expectation
        }
    }

    private static func mismatch(_ expected: String, _ found: String) -> JSONShapeError {
        JSONShapeError(path: "", message: "expected \(expected), found \(found)")
    }
}
