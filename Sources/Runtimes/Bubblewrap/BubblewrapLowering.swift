package import ContentAddressing
import HostFiles
package import PipelineContracts

/// Makes the binding of a description to this host and bubblewrap: strings are made here, last.
package enum BubblewrapLowering {
    /// Lowers a description; `sources` are the real paths of what its binds name, by field.
    ///
    /// `seccomp` is the digest of the profile that stands for the description's word. A bind whose source is absent has been checked to be optional and is left out.
    package static func lower(
        _ description: SandboxDescription,
        sources: [SourceFact],
        home: String,
        isRoot: Bool,
        version: String,
        seccomp: Digest?
    ) -> BubblewrapBinding {
        let paths = Dictionary(sources.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
        let mounts = description.mounts.compactMap { mount -> MountDescription? in
            let at = mount.at.hasPrefix("~") ? AbsolutePath.normalised(home + mount.at.dropFirst()) : mount.at
            guard mount.kind == .bind else { return moved(mount, at: at, source: nil) }
            guard let fact = paths[mount.field], !fact.isAbsent else { return nil }
            return moved(mount, at: at, source: fact.path)
        }
        let isItself = description.root == .hostItself
        let makesUserNamespace =
            switch description.userNamespace {
            case .always: true
            case .never: false
            case .whenNotRoot: !isRoot
            }
        return BubblewrapBinding(
            version: version,
            before: namespaces(description, makesUserNamespace) + capabilities(description),
            root: description.root,
            rootOnly: description.rootOnly,
            devices: description.devices,
            ownProc: !isItself && description.namespaces.contains("pid"),
            mounts: mounts,
            maskedPaths: description.maskedPaths,
            readonlyPaths: description.readonlyPaths,
            accounts: description.user.map == "none" && !makesUserNamespace ? nil : description.user,
            coversStore: description.coversStore,
            seccomp: seccomp,
            // The default profile does so itself.
            refusesUserNamespaces: !description.allowsUserNamespaces && description.seccomp != "default",
            sharesNetwork: description.network == "host",
            stdinFile: paths["stdin"]?.path,
            ownPIDs: description.namespaces.contains("pid"),
            after: (description.reaper || !description.namespaces.contains("pid") ? [] : ["--as-pid-1"])
                + ["--chdir", description.workdir, "--die-with-parent"]
        )
    }

    private static func moved(_ mount: MountDescription, at: String, source: String?) -> MountDescription {
        MountDescription(
            mount.kind,
            at: at,
            field: mount.field,
            source: source,
            writable: mount.writable,
            size: mount.size,
            permissions: mount.permissions,
            text: mount.text,
            optional: mount.optional
        )
    }

    /// bubblewrap always makes a mount namespace; the others are asked for one by one and never with `-try`.
    private static func namespaces(_ description: SandboxDescription, _ user: Bool) -> [String] {
        var arguments: [String] = []
        if user {
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

    private static func capabilities(_ description: SandboxDescription) -> [String] {
        guard let kept = description.capabilities else {
            return description.droppedCapabilities.flatMap { ["--cap-drop", $0] }
                + description.addedCapabilities.flatMap { ["--cap-add", $0] }
        }
        return ["--cap-drop", "ALL"] + kept.flatMap { ["--cap-add", $0] }
    }
}
