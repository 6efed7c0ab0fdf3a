import JSONText

/// Shape of what stage 2 writes.
enum EnvShapes {
    static let environment = JSONShape.artefact(
        "sbxpipe.env/v1",
        [.always("variables", .list(of: variable), "All of the command's variables, sorted by the bytes of the names.")]
    )

    private static let variable = JSONShape.choice([
        .members([
            name,
            .always("value", .text, "Value, exactly as the command gets it."),
            .always(
                "origin",
                .words(RenderedEnvironment.Origin.allCases.filter { $0 != .secret }.map(\.rawValue)),
                "The caller (inherited), env.set, env.path, the broker, the image's config, or the working folder (PWD)."
            ),
        ]),
        .members([
            name,
            .always(
                "origin",
                .constant(.string(RenderedEnvironment.Origin.secret.rawValue)),
                "Launch reads its value."
            ),
        ]),
    ])

    private static let name = JSONField.always("name", .string(ArtefactTextRule.variable), "Name, each once.")
}
