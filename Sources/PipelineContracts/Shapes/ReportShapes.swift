import JSONText

/// Shapes of the documents that belong to no single stage.
enum ReportShapes {
    static let receipt = JSONShape.artefact(
        "sbxpipe.stage/v1",
        [
            .always("stage", .words(StageName.self), "The stage whose receipt this is."),
            .always(
                "files",
                .map(keys: ArtefactTextRule.fileName, of: .descriptor),
                "What the stage wrote, by file name."
            ),
        ]
    )

    static let bundle = JSONShape.artefact(
        "sbxpipe.bundle/v1",
        [
            .always("name", .filledText, "The spec's name."),
            .always("plan", .digest, "The plan: the digest of plan.json."),
            .optional("run", .digest, "The run: the digest of run.json; absent for a plan's bundle."),
            .always("annotations", .map(keys: .any, of: .text), "The spec's annotations."),
            .always("stages", .list(of: receipt), "Receipts of the stages that travel, in order: all but resolve."),
        ]
    )

    static let plan = JSONShape.artefact(
        "sbxpipe.plan-report/v1",
        [
            .always("plan", .digest, "The plan: the digest of plan.json."),
            .always("portable", .digest, "Digest of description.json."),
            .always("binding", .digest, "Digest of the binding to this host and runtime."),
            .always("name", .filledText, "The spec's name."),
            .always("runtime", .runtime, "The runtime that the plan is for."),
            .always("stages", .list(of: stage), "The stages 1 to 4, in order."),
        ]
    )

    private static let stage = JSONShape.members([
        .always("name", .words(StageName.self), "The stage."),
        .always("digest", .digest, "Digest of its receipt."),
        .always("mediaType", .filledText, "Media type of its receipt."),
        .always("cached", .bool, "True for a hit: the stage did not run."),
        .always("seconds", .seconds, "Wall time that it took, in seconds."),
    ])
}
