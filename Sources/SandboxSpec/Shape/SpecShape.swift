package import JSONText

/// The one table of the spec's structure: validation and the JSON Schema both come from it.
package enum SpecShape {
    /// A whole spec.
    package static let spec = JSONShape.object(JSONObjectShape(fields: fields))

    /// The JSON Schema that `sbxpipe schema spec` prints.
    package static func schema() -> JSONValue {
        spec.document(
            id: Spec.schema,
            title: "sbxpipe spec",
            description: "One sandboxed command, declared. The defaults are those of the preset baseline."
        )
    }

    private static let fields: [JSONField] = [
        .field("schema", .constant(.string(Spec.schema)), "Version of this format.", .string(Spec.schema)),
        .field("name", .string(TextRule.name), "What ls and REF call it; the file's name unless said."),
        .field(
            "command",
            .sequence(first: .string(TextRule.commandName), rest: .string(TextRule.argument)),
            "The arguments; may be missing only where the root is an image that names them."
        ),
        .field("workdir", .string(TextRule.insidePath), "Working folder, inside.", "/"),
        .field("stdin", stdin, "Standard input.", "null"),
        .field("runtime", .words(Spec.RuntimeChoice.self), "The launcher.", "auto"),
        .field("preset", .words(Preset.Name.self), "Whose defaults count.", "baseline"),
        .field("root", root, "Where / comes from.", .object(["host": "ro"])),
        .field("mounts", .array(of: mount, minimum: 0), "In any order; applied by depth.", []),
        .field("devices", devices, "/dev.", "minimal"),
        .field("env", environment, "The command's environment."),
        .field("broker", broker, "A socket and a shim, bound inside at the same paths."),
        .field("secrets", .map(keys: TextRule.variable, of: secret), "Values read at launch only.", .object([:])),
        .field("network", .words(Spec.NetworkMode.self), "None has a working loopback.", "none"),
        .field("namespaces", namespaces, "Overrides the preset."),
        .field("hostname", .string(TextRule.hostname), "Needs a uts namespace.", "sandbox"),
        .field("user", user, "Who the command is inside."),
        .field("security", security, "What the command may do to the kernel."),
        .field("resources", resources, "Bounds of the command, not of the launcher."),
        .field("tty", .bool, "A PTY, captured as one stream.", false),
        .field("init", .choice([.constant("auto"), .bool]), "A reaper as PID 1.", "auto"),
        .field("capture", capture, "How the output is kept."),
        .field("outputs", .array(of: output, minimum: 0), "Collected after the command ends.", []),
        .field("cache", .words(Spec.CachePolicy.self), "Whether --reuse may take the launch.", "never"),
        .field(
            "require",
            .array(of: .words(Control.self), minimum: 0),
            "Controls that even --allow-degraded may not waive.",
            []
        ),
        .field("annotations", .map(keys: .nonEmpty, of: .string(.any)), "Travel along, part of no key.", .object([:])),
    ]

    static let stdin = JSONShape.choice([
        .string(.oneOf(["null", "inherit"])),
        .fields([.required("file", .string(TextRule.hostPath), "A host file.")]),
        .fields([.required("text", .string(.any), "The bytes themselves, in UTF-8.")]),
    ])
    static let devices = JSONShape.choice([
        .string(.oneOf(["minimal", "host"])), .array(of: .string(TextRule.insidePath), minimum: 0),
    ])
}
