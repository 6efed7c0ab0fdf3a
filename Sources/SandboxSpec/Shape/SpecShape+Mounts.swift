import JSONText

extension SpecShape {
    static let mount = JSONShape.choice([
        bind,
        .fields([
            .required("tmpfs", inside, "An empty file system in memory, at this place inside."),
            .field("size", .size, "The most it holds."),
            .field("perm", .string(TextRule.mode), "Mode of its top folder.", "1777"),
        ]),
        .fields([
            .required("text", .string(.any), "The file's content."),
            .required("at", inside, "Where it is inside."),
            .field("perm", .string(TextRule.mode), "Its mode.", "0644"),
        ]),
        .fields([
            .required("hide", inside, "An object inside that can't be read, under any of its names."),
            .field("optional", .bool, "A missing one is passed over.", false),
        ]),
        .fields([
            .required("readonly", inside, "An object inside that can't be written, under any of its names."),
            .field("optional", .bool, "A missing one is passed over.", false),
        ]),
    ])

    private static let inside = JSONShape.string(TextRule.insideOrHomePath)

    private static let bind = JSONShape.fields([
        .required("bind", .string(TextRule.hostPath), "On the host; relative to the spec's folder."),
        .required("at", inside, "Where it is inside."),
        .field(
            "mode",
            .words(Spec.Mount.Mode.self),
            "overlay keeps the writes as an artefact, snapshot is a copy that travels.",
            "ro"
        ),
        .field("writable", .bool, "Of a snapshot: whether it can be written inside.", false),
        .field("optional", .bool, "A missing source is passed over.", false),
    ])
}
