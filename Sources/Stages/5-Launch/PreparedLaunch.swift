import ArtifactStore
package import HostFiles
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
    package let slots: [(name: String, values: [String])]

    /// Fills the plan's slots; `makeFolders` false leaves a tmpfs with outputs as it is, for printing.
    ///
    /// - Throws: ``MountProblem``, ``LaunchError``.
    package init(_ request: LaunchRequest, makeFolders: Bool) throws {
        let description = request.archive.description
        switch (request.archive.binding, request.runtime) {
        case (.bubblewrap(let binding), .bubblewrap(let launcher)):
            var mounts = try PreparedMounts(request, binding, launcher)
            if makeFolders { try mounts.makeFolders() }
            tree = mounts.expansion.tree
            watched = mounts.folders
            temporaryFolder = mounts.temporaryFolder
            let command = BubblewrapCommand(
                launcher: launcher.path,
                binding: binding,
                tree: tree,
                command: description.command,
                environment: request.archive.environment
            )
            guard command.argumentCount <= BubblewrapCommand.argumentLimit else {
                throw LaunchError(
                    "bubblewrap takes \(BubblewrapCommand.argumentLimit) arguments in all, this plan needs "
                        + "\(command.argumentCount)",
                    hint: "pass the command's arguments in a file"
                )
            }
            self.command = .bubblewrap(command, launcher)
        case (.direct(let binding), .direct):
            tree = try DirectHost.tree(binding)
            watched = []
            temporaryFolder = nil
            let environment = request.archive.environment
            command = .direct(
                DirectCommand(command: description.command, environment: environment, workdir: binding.workdir)
            )
        case (let binding, let runtime):
            throw LaunchError("the plan has \(binding.kind.file), which is not for runtime \(runtime.name)")
        }
        outputSources = Self.outputSources(description.outputs, tree)
        slots = Self.slots(request, watched.map(\.folder))
    }

    private static func outputSources(_ rules: [OutputRule], _ tree: SandboxTree) -> [PathKey: FileStatus] {
        var sources: [PathKey: FileStatus] = [:]
        guard !rules.isEmpty else { return sources }
        for source in tree.operations.compactMap(\.source) {
            if let status = (try? FileStatus.of(source)) ?? nil { sources[PathKey(source)] = status }
        }
        return sources
    }

    private static func slots(_ request: LaunchRequest, _ folders: [String]) -> [(name: String, values: [String])] {
        let host = request.host
        var slots: [(name: String, values: [String])] = [
            ("caller-id", ["\(host.identity.user):\(host.identity.group)"]), ("caller-name", [host.callerName]),
        ]
        guard case .bubblewrap(let launcher) = request.runtime else { return slots }
        slots += [
            ("launcher", [launcher.path]),
            ("caller-home", [host.home]),
            ("store-cover", request.archive.binding.coversStore ? host.covered : []),
            ("output-folders", folders),
        ]
        if let spec = host.specFile { slots.append(("spec", [spec])) }
        if let folder = host.runtimeFolder { slots.append(("caller-runtime", [folder])) }
        return slots.filter { !$0.values.isEmpty }
    }
}
