import ArtifactStore
package import HostFiles
import PipelineContracts
package import Runtimes

/// A plan filled in for this host: the command line, and the places for outputs.
package struct PreparedLaunch {
    package let command: BubblewrapCommand
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
        let archive = request.archive
        let binding = archive.binding
        guard binding.version == request.launcher.version else {
            throw LaunchError(
                "the plan was made for bubblewrap \(binding.version), here is \(request.launcher.version)",
                hint: "plan the spec again"
            )
        }
        let (workdir, outputs) = (archive.description.workdir, archive.description.outputs)
        var expansion: MountExpansion
        if let made = request.expansion, made.isOf(binding, workdir: workdir, outputs: outputs) {
            expansion = made
        } else {
            expansion = try MountExpansion(binding, workdir: workdir, outputs: outputs, host: request.host)
        }
        var folders: [(folder: String, size: Int64)] = []
        if makeFolders, !expansion.outputMounts.isEmpty {
            let parent = request.store.temporaryPath("run")
            try Folder.make(parent)
            temporaryFolder = parent
            for (index, mount) in expansion.outputMounts.enumerated() {
                let folder = "\(parent)/\(index)"
                var permissions: UInt32 = 0o1777
                if case .tmpfs(_, let text)? = expansion.tree[mount.at]?.action {
                    permissions = UInt32(text, radix: 8) ?? permissions
                }
                try Folder.make(folder, permissions: permissions)
                expansion.standIn(folder, forTmpfsAt: mount.at)
                folders.append((folder, mount.size ?? Self.defaultSize))
            }
        } else {
            temporaryFolder = nil
        }
        watched = folders
        tree = expansion.tree
        command = BubblewrapCommand(
            launcher: request.launcher.path,
            binding: binding,
            tree: tree,
            command: archive.description.command,
            environment: archive.environment
        )
        guard command.argumentCount <= BubblewrapCommand.argumentLimit else {
            throw LaunchError(
                "bubblewrap takes \(BubblewrapCommand.argumentLimit) arguments in all, this plan needs "
                    + "\(command.argumentCount)",
                hint: "pass the command's arguments in a file"
            )
        }
        outputSources = Self.outputSources(archive.description.outputs, tree)
        slots = Self.slots(request, folders.map(\.folder))
    }

    private static func outputSources(_ rules: [OutputRule], _ tree: SandboxTree) -> [PathKey: FileStatus] {
        var sources: [PathKey: FileStatus] = [:]
        guard !rules.isEmpty else { return sources }
        for source in tree.operations.compactMap(\.source) {
            if let status = (try? FileStatus.of(source)) ?? nil { sources[PathKey(source)] = status }
        }
        return sources
    }

    /// Half of the memory, as a tmpfs has it (tmpfs(5)).
    private static var defaultSize: Int64 {
        let line = (try? ProcText.read("/proc/meminfo"))?.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 2 << 20
        return kilobytes * 512
    }

    private static func slots(_ request: LaunchRequest, _ folders: [String]) -> [(name: String, values: [String])] {
        let host = request.host
        var slots: [(name: String, values: [String])] = [
            ("launcher", [request.launcher.path]),
            ("caller-id", ["\(host.identity.user):\(host.identity.group)"]),
            ("caller-name", [host.callerName]),
            ("caller-home", [host.home]),
            ("store-cover", request.archive.binding.coversStore ? host.covered : []),
            ("output-folders", folders),
        ]
        if let spec = host.specFile { slots.append(("spec", [spec])) }
        if let folder = host.runtimeFolder { slots.append(("caller-runtime", [folder])) }
        return slots.filter { !$0.values.isEmpty }
    }
}
