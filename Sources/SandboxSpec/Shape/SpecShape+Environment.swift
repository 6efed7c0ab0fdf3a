import JSONText

extension SpecShape {
    static let environment = JSONShape.fields([
        .field(
            "inherit",
            .choice([.bool, globs]),
            "Names taken over from the caller.",
            Spec.Environment.Inheritance.standard.json
        ),
        .field("unset", globs, "Names removed after inheriting.", []),
        .field(
            "set",
            .map(keys: TextRule.variable, of: .string(TextRule.argument)),
            "Variables set after that.",
            .object([:])
        ),
        .field(
            "path",
            .fields([
                .required("dir", .string(TextRule.pathEntry), "The folder, inside."),
                .field("position", .words(Spec.Environment.PathSplice.Position.self), "Which end.", "prepend"),
            ]),
            "A folder spliced into PATH as it will be inside."
        ),
    ])

    static let broker = JSONShape.fields([
        .required("socket", .string(TextRule.hostPath), "The socket, on the host and inside."),
        .required("shim", .string(TextRule.hostPath), "The shim, on the host and inside."),
        .field(
            "socketVariable",
            .string(TextRule.variable),
            "The variable that names the socket.",
            .string(Spec.Broker.standardSocketVariable)
        ),
        .field(
            "shimVariable",
            .string(TextRule.variable),
            "The variable that names the shim.",
            .string(Spec.Broker.standardShimVariable)
        ),
    ])

    static let secret = JSONShape.choice([
        .fields([.required("env", .string(TextRule.variable), "The caller's variable that holds it."), keyRule]),
        .fields([
            .required("file", .string(TextRule.hostPath), "The host file that holds it."),
            .field("at", .string(TextRule.insideOrHomePath), "Where it is a file inside; absent for a variable."),
            keyRule,
        ]),
    ])

    private static let keyRule = JSONField.field(
        "key",
        .words(Spec.Secret.KeyRule.self),
        "How it counts in the launch key.",
        "hmac"
    )
    private static let globs = JSONShape.array(of: .string(TextRule.glob), minimum: 0)
}
