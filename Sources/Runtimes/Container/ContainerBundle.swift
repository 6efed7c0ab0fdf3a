package import HostFiles
package import JSONText
package import PipelineContracts

/// The bundle of one launch, with every slot of a binding filled for this host; nothing of it is on disk yet.
package struct ContainerBundle: Sendable {
    /// Something to make below the bundle's folder, in order.
    package enum Entry: Sendable, Hashable {
        case folder
        case symlink(target: String)
        case file(text: String, permissions: UInt32)
    }

    /// `config.json`.
    package let config: JSONValue
    package let entries: [(path: String, entry: Entry)]
    /// Files of secrets' values, below the folder of `config.json`.
    package let secrets: [(path: String, name: String)]
    /// Permissions of these files: their owner's alone.
    ///
    /// gVisor maps no ids, and of those that are mapped the caller's is root's: who is not root inside finds them to be
    /// root's. Outside, the folder above is the caller's alone.
    package let secretPermissions: UInt32
    /// Where the entries lie.
    package let folder: String

    /// Fills a binding.
    ///
    /// `folder` is the bundle's path on the host; with `privateFolder` that of `config.json` and of secrets' values is that
    /// one, and root and other files lie in `folder` all the same. `controlGroup` names a cgroup of the launch's own below
    /// the caller's, nil for none. `ids` are what the binding's user namespace maps where that is more than one. `consoleSize` is that of the command's terminal, in characters.
    ///
    /// - Throws: ``MountProblem`` for what the runtime can't mount.
    package init(
        _ binding: ContainerBinding,
        tree: SandboxTree,
        environment: RenderedEnvironment,
        identity: HostIdentity,
        ids: SubordinateIDs? = nil,
        folder: String,
        privateFolder: String? = nil,
        controlGroup: String?,
        consoleSize: (columns: UInt16, rows: UInt16)? = nil
    ) throws(MountProblem) {
        let runtime = ContainerRuntime(rawValue: binding.runtime) ?? .runc
        var tree = tree
        if let reaper = binding.reaper {
            let bind = MountOperation.Action.bind(source: reaper.path, writable: false, devices: false)
            tree.replace(MountOperation(bind, at: ReaperBinding.placeInside, origin: .cover, field: "init"))
        }
        let mounts = try ContainerMounts(
            tree,
            runtime,
            folder: folder,
            privateFolder: privateFolder ?? folder,
            isRoot: identity.isRoot,
            owner: binding.user.hasSubordinateIDs ? (binding.user.user ?? 0, binding.user.group ?? 0) : (0, 0)
        )
        entries = mounts.entries
        secrets = mounts.secrets
        self.folder = folder
        var config = binding.config.objectValue ?? [:]
        if privateFolder != nil, var root = config["root"]?.objectValue {
            root["path"] = .string(AbsolutePath.join(folder, "rootfs"))
            config["root"] = .object(root)
        }
        config["mounts"] = .array(mounts.mounts)
        var process = config["process"]?.objectValue ?? [:]
        let user = binding.user.user ?? identity.user
        let group = binding.user.group ?? identity.group
        secretPermissions = (runtime.isGVisor || binding.user.hasSubordinateIDs) && user != 0 ? 0o444 : 0o400
        process["user"] = ["uid": .integer(Int64(user)), "gid": .integer(Int64(group))]
        process["env"] = .strings(environment.variables.map(\.entry))
        if let consoleSize, process["terminal"] == true {
            let (columns, rows) = consoleSize
            process["consoleSize"] = ["height": .integer(Int64(rows)), "width": .integer(Int64(columns))]
        }
        config["process"] = .object(process)
        var linux = config["linux"]?.objectValue ?? [:]
        if binding.makesUserNamespace {
            let single = (
                [IDMapping(inside: user, outside: identity.user, count: 1)],
                [IDMapping(inside: group, outside: identity.group, count: 1)]
            )
            let (users, groups) = ids.map { ($0.users, $0.groups) } ?? single
            linux["uidMappings"] = .array(users.map(Self.mapping))
            linux["gidMappings"] = .array(groups.map(Self.mapping))
        }
        for (field, paths) in [("maskedPaths", mounts.masked), ("readonlyPaths", mounts.readonly)] where !paths.isEmpty
        {
            let present = linux[field]?.arrayValue ?? []
            linux[field] = .array(present + paths.map(JSONValue.string).filter { !present.contains($0) })
        }
        if let controlGroup { linux["cgroupsPath"] = .string(controlGroup) }
        config["linux"] = .object(linux)
        self.config = .object(config)
    }

    private static func mapping(_ ids: IDMapping) -> JSONValue {
        [
            "containerID": .integer(Int64(ids.inside)), "hostID": .integer(Int64(ids.outside)),
            "size": .integer(Int64(ids.count)),
        ]
    }
}
