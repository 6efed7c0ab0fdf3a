import JSONText

/// Shapes of the parts that the description and its binding share.
enum SandboxParts {
    static let root = JSONShape.choice([
        .words(SandboxDescription.Root.words.map(\.word)),
        .members([
            .always(
                "layers",
                .array(of: .digest, minimum: 1),
                "Digests of the root's layers without compression, bottom first."
            )
        ]),
    ])
    static let namespaces = ["cgroup", "ipc", "mount", "net", "pid", "time", "uts"]
    static let devices = JSONShape.choice([.words(["minimal", "host"]), .list(of: .insidePath)])

    static let standardInput = JSONShape.choice([
        .words(["null", "inherit"]),
        .members([
            .always("file", .filledText, "A host file as the spec names it."),
            .always("digest", .digest, "SHA-256 of what it held when the plan was made; launch refuses other content."),
        ]),
        .members([.always("text", .text, "The bytes themselves, in UTF-8.")]),
    ])

    static let user = JSONShape.members([
        .optional("uid", .accountID, "Uid inside; absent for the caller's."),
        .optional("gid", .accountID, "Gid inside; absent for the caller's."),
        .always(
            "map",
            .words(["single", "subids", "none"]),
            "Single: the inner ids stand for the caller's; subids: 0 does, others for its subordinate ones; none: no map."
        ),
    ])

    static let capture = JSONShape.members([
        .always("mode", .words(CaptureRule.Mode.self), "Two streams, one, or nothing kept."),
        .always("limit", .byteCount, "Bytes kept of each stream; past it, head and tail."),
    ])

    static let limits = JSONShape.members([
        .optional("memory", .byteCount, "Bytes of memory."),
        .optional("swap", .byteCount, "Bytes of memory and swap together."),
        .optional("millicpus", .integer(1...Int64.max), "Thousandths of a processor."),
        .optional("pids", .integer(1...Int64.max), "Processes and threads."),
        .optional(
            "rlimits",
            .map(keys: .oneOf(ResourceLimits.names), of: .array(of: .integer(-1...Int64.max), minimum: 2)),
            "Soft and hard limits of setrlimit(2) by name, such as nofile; -1 is none."
        ),
        .optional("timeout", .integer(1...Int64.max), "Milliseconds of the whole launch, set-up included."),
        .optional("grace", .integer(0...Int64.max), "Milliseconds between TERM and KILL; absent for 5000."),
    ])

    static let output = JSONShape.members([
        .always("path", .insidePath, "A path or glob inside."),
        .always("required", .bool, "Whether a missing one is a failure."),
    ])

    /// The same in a binding, where secrets have their places too.
    static let boundMount = JSONShape.choice(
        mounts(source: .insidePath) + [
            mount(
                .secret,
                [.always("source", .string(ArtefactTextRule.variable), "The secret whose value the file is.")]
            )
        ]
    )

    /// What is done at a path inside, by kind, as a description has it.
    static let mount = JSONShape.choice(mounts(source: .filledText))

    /// `source` is what a bind's source may be.
    private static func mounts(source: JSONShape) -> [JSONShape] {
        [
            mount(
                .bind,
                [
                    .always("source", source, "The host's file or folder that is shown."),
                    .optional("writable", .constant(true), "Present when writes reach the source."),
                    optional,
                ]
            ),
            mount(
                .snapshot,
                [
                    .always(
                        "tree",
                        .digest,
                        "What it holds, whatever folder that came from: digest of its list of entries."
                    )
                ]
            ),
            mount(
                .tmpfs,
                [
                    .optional("size", .byteCount, "Bytes that it holds at most; absent for half of the memory."),
                    .optional("permissions", .permissions, "Mode of its top folder; absent for 1777."),
                ]
            ),
            mount(
                .text,
                [
                    .always("text", .text, "The file's content."),
                    .optional("permissions", .permissions, "Mode of the file; absent for 0644."),
                ]
            ),
            mount(.hide, [optional]),
            mount(.readonly, [optional]),
        ]
    }

    private static func mount(_ kind: MountDescription.Kind, _ fields: [JSONField]) -> JSONShape {
        .members(
            [
                .always("kind", .constant(.string(kind.rawValue)), "What is done at the place."),
                .always(
                    "at",
                    .string(ArtefactTextRule.mountPlace),
                    "Where inside; @caller-runtime, @other-homes, @root-home and @ssh-host-keys are found at launch."
                ),
                .always("field", .filledText, "The spec's field that asks for it, such as mounts[2]; else preset."),
            ] + fields
        )
    }

    private static let optional = JSONField.optional(
        "optional",
        .constant(true),
        "Present when nothing at its place is no error."
    )
}
