import JSONText

/// Shapes of what stage 6 writes.
enum CollectShapes {
    static let captures = JSONShape.artefact(
        "sbxpipe.captures/v1",
        [
            .optional("stdout", stream, "Standard output; absent unless capture.mode is separate."),
            .optional("stderr", stream, "Standard error; absent unless capture.mode is separate."),
            .optional("combined", stream, "Both in the command's order; absent unless capture.mode is combined."),
            .optional("frames", .digest, "Digest of frames.jsonl; absent when capture.mode is none."),
            .always("outputs", .list(of: output), "The declared outputs, in the order of the spec."),
            .optional(
                "secrets",
                .array(of: SecretShapes.scan, minimum: 1),
                "What was found of the launch's secrets, by their names; absent for none."
            ),
        ]
    )

    private static let stream = JSONShape.members([
        .always("digest", .digest, "SHA-256 of the whole stream, what was not kept included."),
        .always("bytes", .byteCount, "Bytes of the whole stream."),
        .always("truncated", .bool, "Whether the middle was not kept."),
        .always("kept", .array(of: piece, minimum: 1), "What the file of that name holds, one after the other."),
    ])

    private static let piece = JSONShape.members([
        .always("offset", .byteCount, "Where the piece begins in the whole stream, in bytes."),
        .always("bytes", .byteCount, "Its length in bytes."),
        .always("digest", .digest, "SHA-256 of the piece."),
    ])

    static let outputList = JSONShape.artefact(
        "sbxpipe.outputs/v1",
        [.always("outputs", .list(of: output), "The declared outputs, in the order of the spec.")]
    )

    private static let output = JSONShape.members([
        .always("path", .insidePath, "The path or glob as declared."),
        .always("required", .bool, "Whether a missing one is a failure."),
        .always("missing", .bool, "Whether nothing was there."),
        .always("files", .list(of: outputFile), "What was there; a folder comes ahead of what it holds."),
    ])

    private static let outputFile = JSONShape.choice([
        outputFile(
            .words(["file"]),
            [
                .optional("digest", .digest, "SHA-256 of the content; absent for one that could not be read."),
                unread("the content"),
            ]
        ),
        outputFile(
            .words(["symlink"]),
            [.always("target", .text, "Where the link points; bytes that are not UTF-8 are U+FFFD here.")]
        ),
        outputFile(.words(["folder"]), [unread("what it holds")]),
        outputFile(.words(["socket", "fifo", "blockDevice", "characterDevice", "unknown"]), []),
    ])

    private static func unread(_ what: String) -> JSONField {
        .optional("unread", .filledText, "Why \(what) could not be read, which then is not in outputs.tar.")
    }

    private static func outputFile(_ kind: JSONShape, _ fields: [JSONField]) -> JSONShape {
        .members(
            [
                .always("path", .insidePath, "Path inside; bytes that are not UTF-8 are U+FFFD, exact in outputs.tar."),
                .always("kind", kind, "What it is; outputs.tar holds only files, folders and symlinks."),
                .always("mode", .permissions, "Permission bits."),
                .always("size", .byteCount, "Bytes of a file's content; 0 for all else."),
            ] + fields
        )
    }

    /// One line of `frames.jsonl`.
    static let frame = JSONShape.members([
        .always("seconds", .seconds, "Since the launch began, to the microsecond."),
        .always("stream", .words(["stdout", "stderr", "combined"]), "The stream that the chunk came on."),
        .always("offset", .byteCount, "Where the chunk begins in the whole stream, in bytes."),
        .always("length", .integer(1...Int64.max), "Its length in bytes."),
    ])

    static let run = JSONShape.artefact(
        "sbxpipe.run/v1",
        [
            .always("id", .string(ArtefactTextRule.runID), "Random; makes two runs of one plan differ."),
            .always("plan", .digest, "Digest of the plan's plan.json."),
            .always("launch", .descriptor, "The launch record, result.json; an earlier run's when cached."),
            .always("captures", .descriptor, "captures.json; an earlier run's when cached."),
            .always("name", .filledText, "The spec's name."),
            .optional("parent", .digest, "The run or plan that this one was made from by replay; absent for none."),
            .always("created", .timestamp, "When the run began."),
            .always("cached", .bool, "Whether --reuse took the launch from the cache."),
        ]
    )
}
