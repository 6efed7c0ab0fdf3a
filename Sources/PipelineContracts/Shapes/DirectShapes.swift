import JSONText

/// Shape of what stage 3 writes where the command is started without a launcher.
enum DirectShapes {
    static let direct = JSONShape.artefact(
        "sbxpipe.direct/v1",
        [
            .always("workdir", .insidePath, "The host's folder that the command starts in."),
            .always("places", .list(of: place), "Where the spec wants a source that lies there already."),
            .optional("stdinFile", .insidePath, "Real path of stdin's file here; absent where stdin is no file."),
            .optional(
                "secrets",
                .array(of: SecretShapes.binding, minimum: 1),
                "Where launch reads them; absent for none."
            ),
        ]
    )

    private static let place = JSONShape.members([
        .always("field", .filledText, "The spec's field that asks for it, such as mounts[2] or broker.socket."),
        .always("at", .insidePath, "Where the command is to find it, the home in place of ~."),
        .always("path", .insidePath, "Its real path; launch refuses a place that leads to another."),
    ])
}
