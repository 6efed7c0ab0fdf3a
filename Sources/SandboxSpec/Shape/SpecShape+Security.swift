import JSONText

extension SpecShape {
    static let namespaces = JSONShape.fields(
        Namespace.allCases.map { .field($0.rawValue, .bool, "Whether it has a \($0.rawValue) namespace of its own.") }
    )

    static let user = JSONShape.fields([
        .field("uid", identifier, "User id inside.", 0),
        .field("gid", identifier, "Group id inside.", 0),
        .field("map", .words(Spec.User.Map.self), "How ids inside stand for ids outside.", "single"),
    ])

    static let security = JSONShape.fields([
        .field(
            "seccomp",
            .choice([
                .string(.oneOf(["default", "unconfined"])),
                .fields([.required("file", .string(TextRule.hostPath), "A host file with the filter.")]),
            ]),
            "The filter of system calls.",
            "default"
        ),
        .field(
            "capabilities",
            .fields([
                .field("drop", .array(of: .string(TextRule.capabilityOrAll), minimum: 0), "Taken away; may be ALL."),
                .field("add", .array(of: .string(TextRule.capability), minimum: 0), "Given after that."),
            ]),
            "Changes of the preset's capabilities."
        ),
        .field("noNewPrivileges", .bool, "No program may gain privileges by execve.", true),
        .field("maskedPaths", paths, "Covered inside.", .strings(Preset.maskedPaths)),
        .field("readonlyPaths", paths, "Can't be written inside.", .strings(Preset.readonlyPaths)),
    ])

    /// 4294967295 is the kernel's "no id" (chown(2)).
    private static let identifier = JSONShape.integer(0...4_294_967_294)
    private static let paths = JSONShape.array(of: .string(TextRule.insidePath), minimum: 0)
}
