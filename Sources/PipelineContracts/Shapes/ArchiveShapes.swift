import JSONText

/// Shape of what stage 4 writes beside the spec and the tar.
enum ArchiveShapes {
    static let plan = JSONShape.artefact(
        "sbxpipe.plan/v1",
        [
            .always("portable", .digest, "Digest of description.json: the same on every host."),
            .always("binding", .digest, "Digest of the binding to this host and runtime, such as bwrap.json."),
            .always("enforcement", .digest, "Digest of enforcement.json."),
            .always("runtime", .runtime, "The runtime that the binding is for."),
            .always("archive", .descriptor, "The small tar that exec launches from."),
            .always("layers", .list(of: .descriptor), "Layers of roots and snapshots, the root's first."),
        ]
    )
}
