import JSONText

/// Shapes of what stage 3 writes.
enum MaterializeShapes {
    static let description = JSONShape.artefact(
        "sbxpipe.description/v1",
        [
            .always("command", .array(of: .text, minimum: 1), "The command and its arguments."),
            .always("workdir", .insidePath, "Working folder, inside."),
            .always("environment", .digest, "Digest of env.json."),
            .always("stdin", SandboxParts.standardInput, "Standard input."),
            .always("root", SandboxParts.root, "Where / comes from."),
            .optional("rootOnly", .list(of: .filledText), "Globs of the host's entries of / to take; absent for all."),
            .always(
                "mounts",
                .list(of: SandboxParts.mount),
                "The preset's, the broker's, then the spec's in order; an optional one without source is left out."
            ),
            .always("devices", SandboxParts.devices, "What is in /dev."),
            .always("namespaces", .list(of: .words(SandboxParts.namespaces)), "New namespaces, sorted, without user."),
            .always(
                "userNamespace",
                .words(SandboxDescription.UserNamespace.self),
                "Whether a user namespace is made; when-not-root leaves it to the caller's uid."
            ),
            .always("network", .words(["none", "host"]), "Nothing but a loopback, or the host's network."),
            .optional("hostname", .filledText, "Host name inside; absent for the host's."),
            .always("user", SandboxParts.user, "Who the command is inside."),
            .optional(
                "capabilities",
                .list(of: .string(ArtefactTextRule.capability)),
                "Capabilities that the command has, sorted; absent for the caller's."
            ),
            .optional(
                "droppedCapabilities",
                .array(of: .string(ArtefactTextRule.capability), minimum: 1),
                "Taken from the caller's capabilities; absent for none, and where capabilities is present."
            ),
            .optional(
                "addedCapabilities",
                .array(of: .string(ArtefactTextRule.capability), minimum: 1),
                "Passed on of the caller's though the launcher would drop them; absent as droppedCapabilities is."
            ),
            .always("noNewPrivileges", .bool, "Whether no_new_privs is asked for (prctl(2))."),
            .always("maskedPaths", .list(of: .insidePath), "Covered where they are present."),
            .always("readonlyPaths", .list(of: .insidePath), "Made read-only where they are present."),
            .always("reaper", .bool, "Whether a reaper is PID 1."),
            .always("capture", SandboxParts.capture, "How the output is kept."),
            .always("outputs", .list(of: SandboxParts.output), "What is collected after the command, as declared."),
            .always("coversStore", .bool, "Whether store and state folder are hidden, and the spec's file read-only."),
            .always("allowsUserNamespaces", .bool, "Whether the command may make user namespaces of its own."),
            .always(
                "seccomp",
                .choice([.words(["default", "unconfined"]), .digest]),
                "The system calls' filter: the built-in one, none, or the digest of a profile in canonical JSON."
            ),
            .optional("limits", SandboxParts.limits, "Bounds of the command; absent for none."),
            .optional("terminal", .bool, "Whether the command has a terminal for its streams; absent for none."),
            .optional(
                "secrets",
                .array(of: SecretShapes.description, minimum: 1),
                "Values that launch reads, by name, without them; absent for none."
            ),
        ]
    )

    static let enforcement = JSONShape.artefact(
        "sbxpipe.enforcement/v1",
        [.always("controls", .list(of: control), "An entry for each control asked for, sorted by name.")]
    )

    /// One control; result.json has them too.
    static let control = JSONShape.choice([
        .members([
            .always("name", .filledText, "The control: its field in the spec, such as security.capabilities."),
            .always("asked", .any, "What was asked, as the spec or the preset has it."),
            .always(
                "answer",
                .words(Enforcement.Answer.allCases.filter { $0 != .missing }.map(\.rawValue)),
                "Enforced as asked, by something stronger, or not needed here."
            ),
            .always("by", .filledText, "By what it is enforced, or why it is not needed."),
            .optional(
                "probes",
                .list(of: .filledText),
                "What it forbids: ids of the probes of sbxpipe doctor --prove."
            ),
        ]),
        .members([
            .always("name", .filledText, "The control, which --allow-degraded named."),
            .always("asked", .any, "What was asked."),
            .always("answer", .constant(.string(Enforcement.Answer.missing.rawValue)), "Not enforced."),
            .always("why", .filledText, "Why it can't be."),
        ]),
    ])

    private static let program = JSONShape.members([
        .always("path", .insidePath, "The file on this host; launch refuses another."),
        .always("digest", .digest, "SHA-256 of it."),
    ])

    static let bubblewrap = JSONShape.artefact(
        "sbxpipe.bwrap/v1",
        [
            .always("version", .filledText, "Version of bubblewrap; launch refuses another."),
            .always("before", .list(of: .text), "Arguments ahead of mounts: namespaces, ids, capabilities."),
            .always("root", SandboxParts.root, "Where / comes from."),
            .optional("rootOnly", .list(of: .filledText), "Globs of the host's entries of / to take; absent for all."),
            .always("devices", SandboxParts.devices, "What is in /dev."),
            .always("ownProc", .bool, "Whether /proc is a new one."),
            .always(
                "mounts",
                .list(of: SandboxParts.boundMount),
                "The description's with real paths as sources and the home in place of ~; symbols stay till launch."
            ),
            .always("maskedPaths", .list(of: .insidePath), "Covered where they are present."),
            .always("readonlyPaths", .list(of: .insidePath), "Made read-only where they are present."),
            .optional("accounts", SandboxParts.user, "Ids that passwd and group are made for; absent for the host's."),
            .always("coversStore", .bool, "Whether launch hides store and state folder, and protects the spec's file."),
            .always(
                "refusesUserNamespaces",
                .bool,
                "Whether a filter keeps the command from making user namespaces, in which covers could be moved."
            ),
            .optional("seccomp", .digest, "Digest of seccomp.json, the filter of system calls; absent for none."),
            .always("sharesNetwork", .bool, "Whether the command sees the host's network."),
            .optional("stdinFile", .insidePath, "Real path of stdin's file here; absent where stdin is no file."),
            .always("ownPIDs", .bool, "Whether all processes end with PID 1 of a new PID namespace."),
            .optional("reaper", program, "What is PID 1; absent for bubblewrap's own reaper, or the command."),
            .optional(
                "mappers",
                .members([
                    .always("newuidmap", program, "What writes the map of users."),
                    .always("newgidmap", program, "What writes the map of groups."),
                ]),
                "What writes an ordinary user's id maps, where the map is subids; absent for none."
            ),
            .always("after", .list(of: .text), "Arguments after mounts: PID 1, workdir, end with the launcher."),
            .optional(
                "secrets",
                .array(of: SecretShapes.binding, minimum: 1),
                "Where launch reads them; absent for none."
            ),
        ]
    )
}
