import ArtifactStore
import ContentAddressing
package import HostFiles
import HostProcess
import JSONText
import PipelineContracts
package import Runtimes

/// A plan filled in for this host: the command line, and the places for outputs.
package struct PreparedLaunch {
    package let command: RuntimeCommand
    package let tree: SandboxTree
    /// Size limits in bytes of the folders that stand in for a tmpfs, by host path.
    package let watched: [(folder: String, size: Int64)]
    package let temporaryFolder: String?
    /// What the sources of mounts that hold outputs are before the command runs, by host path.
    package let outputSources: [PathKey: FileStatus]
    /// What the user namespace maps where that is more than the caller's own ids.
    let ids: SubordinateIDs?
    package let slots: [(name: String, values: [String])]

    /// Fills the plan's slots; `makeFolders` false leaves a tmpfs with outputs as it is, for printing.
    ///
    /// With `privateFolder` a container's config.json and its runtime's state lie there; for printing, in one that is made
    /// up. With `exportFolder` a container's bundle is one that is to lie there and to be run by others.
    ///
    /// - Throws: ``MountProblem``, ``LaunchError``.
    package init(_ request: LaunchRequest, makeFolders: Bool, privateFolder: String? = nil, exportFolder: String? = nil)
        throws
    {
        let description = request.archive.description
        let environment = request.environment
        let ids = try SubordinateIDs(of: request)
        self.ids = ids
        switch (request.archive.binding, request.runtime) {
        case (.bubblewrap(let binding), .bubblewrap(let launcher, let reaper, let mappers)):
            try Self.check(binding.version, launcher)
            try Self.check(binding.reaper, reaper)
            try Self.check(binding.mappers, mappers)
            var mounts = try PreparedMounts(request, binding.mounts)
            if makeFolders { try mounts.makeFolders() }
            tree = mounts.expansion.tree
            watched = mounts.folders
            temporaryFolder = mounts.temporaryFolder
            let command = BubblewrapCommand(
                launcher: launcher.path,
                binding: binding,
                tree: tree,
                command: description.command,
                environment: environment
            )
            guard command.argumentCount <= BubblewrapCommand.argumentLimit else {
                throw LaunchError(
                    "bubblewrap takes \(BubblewrapCommand.argumentLimit) arguments in all, this plan needs "
                        + "\(command.argumentCount)",
                    hint: "pass the command's arguments in a file"
                )
            }
            self.command = .bubblewrap(command, launcher)
        case (.container(let binding), .container(let facts)):
            try Self.check(binding, facts)
            var mounts = try PreparedMounts(request, binding.mounts)
            var folder = request.store.location.cache + "/tmp/run-ID"
            var id = "sbxpipe-ID"
            if makeFolders {
                try mounts.makeFolders()
                folder = try mounts.makeTemporaryFolder()
                id = "sbxpipe-" + Digest.hexText(HostSystem.randomBytes(8))
            }
            let own = request.needsPrivateFolder ? privateFolder ?? "/dev/shm/sbxpipe-ID" : folder
            if let privateFolder { mounts.hide(privateFolder) }
            tree = mounts.expansion.tree
            watched = mounts.folders
            temporaryFolder = mounts.temporaryFolder
            let identity = request.host.identity
            let bundle = try ContainerBundle(
                binding,
                tree: tree,
                environment: exportFolder == nil ? environment : environment.withoutSecrets,
                identity: identity,
                ids: ids,
                folder: exportFolder ?? ContainerCommand.bundleFolder(folder),
                privateFolder: exportFolder == nil && own != folder ? ContainerCommand.bundleFolder(own) : nil,
                controlGroup: exportFolder == nil && Self.makesControlGroup(binding, identity) ? id : nil,
                consoleSize: request.caller.standardInput.flatMap { TerminalSize(of: $0) }.map { ($0.columns, $0.rows) }
            )
            let command = ContainerCommand(
                binding,
                facts.launcher,
                bundle: bundle,
                folder: own,
                id: id,
                isRoot: identity.isRoot
            )
            self.command = .container(command)
        case (.direct(let binding), .direct):
            tree = try DirectHost.tree(binding)
            watched = []
            temporaryFolder = nil
            command = .direct(
                DirectCommand(command: description.command, environment: environment, workdir: binding.workdir)
            )
        case (let binding, let runtime):
            throw LaunchError("the plan has \(binding.kind.file), which is not for runtime \(runtime.name)")
        }
        outputSources = Self.outputSources(description.outputs, tree)
        slots = Self.slots(request, watched.map(\.folder), ids)
    }

    private static func check(_ version: String, _ launcher: LauncherFacts) throws(LaunchError) {
        guard version == launcher.version else {
            throw LaunchError(
                "the plan was made for \(launcher.name) \(version), here is \(launcher.version)",
                hint: "plan the spec again"
            )
        }
    }

    private static func check(_ binding: ContainerBinding, _ facts: ContainerFacts) throws(LaunchError) {
        guard binding.runtime == facts.launcher.name else {
            throw LaunchError("the plan is for runtime \(binding.runtime), not for \(facts.launcher.name)")
        }
        try check(binding.version, facts.launcher)
        try check(binding.reaper, facts.reaper)
        try check(binding.mappers, facts.mappers)
    }

    private static func check(_ planned: IDMapperBinding?, _ found: IDMappers?) throws(LaunchError) {
        guard let planned, !planned.isOf(found) else { return }
        throw LaunchError(
            "user.map: newuidmap or newgidmap has changed since the plan was made",
            hint: "plan the spec again"
        )
    }

    private static func check(_ planned: ReaperBinding?, _ found: LauncherFacts?) throws(LaunchError) {
        guard let planned, planned.path != found?.path || planned.digest != found?.digest else { return }
        throw LaunchError("the plan's init has changed since it was made", hint: "plan the spec again")
    }

    /// Whether the runtime makes a cgroup: root's runc always does, the others to bound the command.
    private static func makesControlGroup(_ binding: ContainerBinding, _ identity: HostIdentity) -> Bool {
        guard identity.isRoot else { return false }
        return binding.runtime == "runc" || binding.config["linux"]?["resources"] != nil
    }

    private static func outputSources(_ rules: [OutputRule], _ tree: SandboxTree) -> [PathKey: FileStatus] {
        var sources: [PathKey: FileStatus] = [:]
        guard !rules.isEmpty else { return sources }
        for source in tree.operations.compactMap(\.source) {
            if let status = (try? FileStatus.of(source)) ?? nil { sources[PathKey(source)] = status }
        }
        return sources
    }

    private static func slots(
        _ request: LaunchRequest,
        _ folders: [String],
        _ ids: SubordinateIDs?
    ) -> [(name: String, values: [String])] {
        let host = request.host
        var slots: [(name: String, values: [String])] = [
            ("caller-id", ["\(host.identity.user):\(host.identity.group)"]), ("caller-name", [host.callerName]),
        ]
        guard let launcher = request.runtime.launcher else { return slots }
        slots += [
            ("launcher", [launcher.path]),
            ("caller-home", [host.home]),
            ("store-cover", request.archive.binding.coversStore ? host.covered : []),
            ("output-folders", folders),
        ]
        if let spec = host.specFile { slots.append(("spec", [spec])) }
        if let ids {
            slots += [("user-ids", SubordinateIDs.text(ids.users)), ("group-ids", SubordinateIDs.text(ids.groups))]
        }
        if let mappers = request.runtime.mappers {
            slots += [("newuidmap", [mappers.users.path]), ("newgidmap", [mappers.groups.path])]
        }
        if let folder = host.runtimeFolder { slots.append(("caller-runtime", [folder])) }
        return slots.filter { !$0.values.isEmpty }
    }
}
