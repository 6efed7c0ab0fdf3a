import JSONText

extension JSONShape {
    /// The words of an enumeration.
    static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONShape {
        .string(.oneOf(type.allCases.map(\.rawValue)))
    }

    /// An object with these fields.
    static func fields(_ fields: [JSONField]) -> JSONShape { .object(JSONObjectShape(fields: fields)) }

    /// A size in bytes: text, or a number.
    static let size = JSONShape.choice([.string(TextRule.size), .integer(0...Int64.max)])
}

extension JSONField {
    /// A field that may be missing, and what counts then.
    static func field(_ name: String, _ shape: JSONShape, _ summary: String, _ value: JSONValue? = nil) -> JSONField {
        JSONField(name: name, shape: shape, summary: summary, defaultValue: value)
    }

    /// A field that may not be missing.
    static func required(_ name: String, _ shape: JSONShape, _ summary: String) -> JSONField {
        JSONField(name: name, shape: shape, required: true, summary: summary)
    }
}
