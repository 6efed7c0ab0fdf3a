import JSONText

extension SpecShape {
    static let resources = JSONShape.fields([
        .field("memory", .size, "The most memory."),
        .field("swap", .size, "The most memory and swap together."),
        .field("cpus", .number(0.001...1_048_576), "Processors."),
        .field("pids", .integer(1...4_194_304), "Processes and threads (PID_MAX_LIMIT is 4194304)."),
        .field(
            "rlimits",
            .map(keys: .oneOf(ResourceLimitName.allCases.map(\.rawValue)), of: limit),
            "Limits of setrlimit(2): one number, or soft and hard; -1 is none.",
            .object([:])
        ),
        .field("timeout", .string(TextRule.timeout), "Of the whole run."),
        .field("grace", .string(TextRule.grace), "Between TERM and KILL.", .string(Spec.Resources.standardGrace)),
    ])

    static let capture = JSONShape.fields([
        .field("mode", .words(Spec.Capture.Mode.self), "Which streams there are.", "separate"),
        .field("limit", .size, "Kept of each stream; past it, head and tail.", Spec.Capture.standardLimit.json),
    ])

    static let output = JSONShape.choice([
        .string(TextRule.insideGlob),
        .fields([
            .required("path", .string(TextRule.insideGlob), "A path or glob, inside."),
            .field("required", .bool, "A missing one is a failure.", false),
        ]),
    ])

    private static let limit = JSONShape.choice([
        .integer(limitValues), .array(of: .integer(limitValues), minimum: 2),
    ])
    private static let limitValues = ResourceLimit.unlimited...Int64.max
}
