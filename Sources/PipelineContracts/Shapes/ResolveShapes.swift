import JSONText

/// Shapes of what stage 1 writes.
enum ResolveShapes {
    static let helpers = JSONShape.artefact(
        "sbxpipe.helpers/v1",
        [
            .always(
                "asked",
                .words(["auto", "bwrap", "runc", "crun", "runsc", "direct"]),
                "The runtime asked for: by --runtime, by the spec, or by SBXPIPE_RUNTIME in place of auto."
            ),
            .always("launchers", .list(of: launcher), "The launchers that were looked at, in the order of the search."),
            .always("chosen", .runtime, "Name of the launcher chosen; direct for none."),
            .always("reason", .filledText, "Why that one, in words."),
            .optional("platform", .filledText, "gVisor's platform that a start showed to work; absent for others."),
        ]
    )

    private static let launcher = JSONShape.members([
        .always(
            "name",
            .words(["bwrap", "runc", "crun", "runsc", "tini-static", "catatonit", "newuidmap", "newgidmap"]),
            "Name of the launcher, of the reaper, or of what writes id maps."
        ),
        .always("path", .insidePath, "The file that is executed, symlinks resolved."),
        .always(
            "version",
            .filledText,
            "What it says of itself for --version, the number alone; unknown for newuidmap, newgidmap."
        ),
        .always("features", .list(of: .filledText), "Options that it knows, sorted."),
        .always("digest", .digest, "SHA-256 of the file."),
        .always(
            "fingerprint",
            .filledText,
            "Device, inode, mode, owner, size, and times of change of content and of inode in nanoseconds, by colons."
        ),
    ])

    static let host = JSONShape.artefact(
        "sbxpipe.host/v1",
        [
            .always("kernel", .filledText, "Release of the kernel, as uname -r has it."),
            .always("machine", .filledText, "Architecture, as uname -m has it."),
            .always("user", .accountID, "Effective uid of the caller."),
            .always("group", .accountID, "Effective gid of the caller."),
            .always("supplementaryGroups", .list(of: .accountID), "The caller's other gids, sorted."),
            .always(
                "capabilities",
                .string(ArtefactTextRule.capabilityMask),
                "Effective capabilities as CapEff of /proc/self/status; empty where there is no such file."
            ),
            .always(
                "userNamespaces",
                .bool,
                "Whether the sysctls allow the caller a user namespace; seccomp or AppArmor may still forbid it."
            ),
            .always("cgroups", .words(["unified", "hybrid", "v1", "none"]), "How cgroups are mounted."),
            .optional(
                "controllers",
                .list(of: .words(["cpu", "memory", "pids"])),
                "Controllers that the caller can make a cgroup with; absent where no bound takes one."
            ),
            .optional(
                "subordinateIDs",
                .members([
                    .always("users", .byteCount, "Ids that /etc/subuid gives the caller."),
                    .always("groups", .byteCount, "Ids that /etc/subgid gives the caller."),
                ]),
                "How many ids the caller may map beside its own; absent where user.map is not subids."
            ),
        ]
    )

    static let inputs = JSONShape.artefact(
        "sbxpipe.inputs/v1",
        [
            .always(
                "sources",
                .list(of: source),
                "What the spec names on the host: the root, mounts, under direct their places too, broker, stdin, then secrets' files."
            ),
            .always(
                "variables",
                .map(keys: ArtefactTextRule.variable, of: .text),
                "The caller's variables that env.inherit takes and env.unset leaves, without secrets."
            ),
            .always("callerName", .filledText, "The caller's login name, or the uid where it has none."),
            .optional(
                "secretVariables",
                .array(of: .string(ArtefactTextRule.variable), minimum: 1),
                "Variables that env.inherit takes and that look like credentials, sorted, without values; absent for none."
            ),
            .optional("root", root, "What a root of layers holds; absent for another."),
        ]
    )

    private static let root = JSONShape.members([
        .always("layers", .array(of: .descriptor, minimum: 1), "The layers, the bottom one first."),
        .always("contents", .array(of: .digest, minimum: 1), "Their digests without compression."),
        .optional("manifest", .digest, "Digest of the image's manifest; absent for what is no image."),
        .optional("config", .digest, "Digest of the image's config."),
        .optional("command", .array(of: .text, minimum: 1), "The image's entry point and arguments; absent for none."),
        .optional("workdir", .insidePath, "The image's working folder."),
        .optional("user", .filledText, "The image's user, as its config has it."),
        .optional("environment", .array(of: .filledText, minimum: 1), "The image's variables, NAME=VALUE."),
    ])

    private static let source = JSONShape.members([
        .always("field", .filledText, "The spec's field that names it, such as mounts[2] or mounts[2].at."),
        .always("declared", .filledText, "The path as the spec has it."),
        .always(
            "path",
            .insidePath,
            "Absolute, symlinks resolved; only made absolute where there is nothing, and for a secret's file."
        ),
        .always(
            "kind",
            .words([
                "file", "folder", "symlink", "socket", "fifo", "blockDevice", "characterDevice", "unknown", "absent",
            ]),
            "What is there; absent only for an optional mount, and for a mount's place."
        ),
        .optional("digest", .digest, "Of what counts by its content: stdin's file, the tree of a snapshot."),
    ])
}
