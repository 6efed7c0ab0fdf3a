package import ContentAddressing
package import PipelineContracts

/// Makes the binding of a description to this host and bubblewrap: strings are made here, last.
package enum BubblewrapLowering {
    /// Lowers a description; `sources` are the real paths of what its binds name, by field.
    ///
    /// `seccomp` is the digest of the profile that stands for the description's word.
    package static func lower(
        _ description: SandboxDescription,
        sources: [SourceFact],
        home: String,
        isRoot: Bool,
        version: String,
        reaper: ReaperBinding? = nil,
        mappers: IDMapperBinding? = nil,
        seccomp: Digest?,
        secrets: [SecretBinding] = []
    ) -> BubblewrapBinding {
        // Without a reaper of its own bubblewrap leaves PID 1 to what it starts.
        let leavesFirst = !description.reaper || reaper != nil
        let makesUserNamespace = description.makesUserNamespace(isRoot: isRoot)
        return BubblewrapBinding(
            version: version,
            before: namespaces(description, makesUserNamespace) + capabilities(description, isRoot),
            mounts: MountLowering.lower(
                description,
                sources: sources,
                home: home,
                makesUserNamespace: makesUserNamespace,
                maskedPaths: description.maskedPaths,
                readonlyPaths: description.readonlyPaths
            ),
            seccomp: seccomp,
            // The default profile does so itself.
            refusesUserNamespaces: !description.allowsUserNamespaces && description.seccomp != "default",
            stdinFile: sources.first { $0.field == "stdin" }?.path,
            ownPIDs: description.namespaces.contains("pid"),
            reaper: reaper,
            mappers: mappers,
            after: (leavesFirst && description.namespaces.contains("pid") ? ["--as-pid-1"] : [])
                + ["--chdir", description.workdir, "--die-with-parent"],
            secrets: secrets
        )
    }

    /// bubblewrap always makes a mount namespace; the others are asked for one by one and never with `-try`.
    private static func namespaces(_ description: SandboxDescription, _ user: Bool) -> [String] {
        var arguments: [String] = []
        // One with subordinate ids is there before bubblewrap is, which starts in it.
        if user, !description.user.hasSubordinateIDs {
            arguments += ["--unshare-user"]
            if let id = description.user.user { arguments += ["--uid", String(id)] }
            if let id = description.user.group { arguments += ["--gid", String(id)] }
        }
        for name in ["ipc", "pid", "net", "uts", "cgroup"] where description.namespaces.contains(name) {
            arguments.append("--unshare-" + name)
        }
        if let hostname = description.hostname { arguments += ["--hostname", hostname] }
        return arguments
    }

    private static func capabilities(_ description: SandboxDescription, _ isRoot: Bool) -> [String] {
        guard let kept = description.capabilities else {
            // As root of a namespace bubblewrap would pass on all that it has there; the caller has none.
            let none = description.user.hasSubordinateIDs && !isRoot ? ["--cap-drop", "ALL"] : []
            return none + description.droppedCapabilities.flatMap { ["--cap-drop", $0] }
                + description.addedCapabilities.flatMap { ["--cap-add", $0] }
        }
        return ["--cap-drop", "ALL"] + kept.flatMap { ["--cap-add", $0] }
    }
}
