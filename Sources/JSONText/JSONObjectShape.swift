/// The fields of an object; other keys are refused.
package struct JSONObjectShape: Sendable {
    /// The fields in the order in which they are checked and documented.
    package let fields: [JSONField]
    /// The names alone, which are compared without copying a field.
    let names: [String]
    let requiredNames: [String]

    /// A shape of these fields, whose names differ.
    package init(fields: [JSONField]) {
        self.fields = fields
        self.names = fields.map(\.name)
        self.requiredNames = fields.filter(\.required).map(\.name)
    }

    /// The field of exactly that name, or nil.
    package func field(named name: String) -> JSONField? {
        index(of: name).map { fields[$0] }
    }

    /// The place of the field of exactly that name, or nil.
    func index(of name: String) -> Int? {
        names.firstIndex { $0.hasSameBytes(as: name) }
    }
}

/// One field of an object.
package struct JSONField: Sendable {
    /// Its key.
    package let name: String
    /// What its value may be.
    package let shape: JSONShape
    /// Whether an object without it is refused.
    package let required: Bool
    /// One sentence for the schema, or nothing.
    package let summary: String
    /// The value that counts when the field is missing: the schema says so, `check` neither fills it in nor checks it.
    package let defaultValue: JSONValue?

    /// A field, which is optional and has no default unless told otherwise.
    package init(
        name: String,
        shape: JSONShape,
        required: Bool = false,
        summary: String = "",
        defaultValue: JSONValue? = nil
    ) {
        self.name = name
        self.shape = shape
        self.required = required
        self.summary = summary
        self.defaultValue = defaultValue
    }
}
