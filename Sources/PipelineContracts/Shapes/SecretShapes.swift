import JSONText

/// Shapes of what the artefacts say of secrets, which is never a value.
enum SecretShapes {
    /// The description's.
    static let description = JSONShape.members([
        .always("name", .string(ArtefactTextRule.variable), "The variable inside; of a file what it is called."),
        .optional("at", .string(ArtefactTextRule.mountPlace), "Where it is a file inside; absent for a variable."),
        .always("key", .words(SecretDescription.KeyRule.self), "How the value counts in the launch key."),
        .optional("id", .filledText, "The source's name as declared, where the key is by it; absent for other keys."),
    ])

    /// A binding's: where this host has it.
    static let binding = JSONShape.choice([
        .members(source + [.always("env", .string(ArtefactTextRule.variable), "The caller's variable that holds it.")]),
        .members(source + [.always("file", .insidePath, "The host's file that holds it; symlinks stay.")]),
    ])

    private static let source: [JSONField] = [
        .always("name", .string(ArtefactTextRule.variable), "Which secret."),
        .always("field", .filledText, "The spec's field that asks for it; env.inherit for one by its looks."),
    ]

    /// What captures.json says of one.
    static let scan = JSONShape.choice([
        .members([
            .always("name", .string(ArtefactTextRule.variable), "Which secret."),
            .always("searched", .constant(true), "Captures and outputs were searched for its exact value."),
            .always("found", .list(of: .filledText), "Streams by name, then outputs by path, that hold it."),
        ]),
        .members([
            .always("name", .string(ArtefactTextRule.variable), "Which secret."),
            .always("searched", .constant(false), "Its value is too short to tell it from other text."),
        ]),
    ])
}
