import ArtifactStore
import HostFiles
import PipelineContracts
import Runtimes

/// The mounts of a plan on this host, and the folders that stand in for a tmpfs with outputs.
struct PreparedMounts {
    private(set) var expansion: MountExpansion
    /// With size limits in bytes, by host path.
    private(set) var folders: [(folder: String, size: Int64)] = []
    /// A folder of the launch's own, once it was made.
    private(set) var temporaryFolder: String?
    private let store: Store

    /// Takes the expansion that was made when the plan was, if it is this plan's, or makes one.
    ///
    /// - Throws: ``MountProblem``.
    init(_ request: LaunchRequest, _ binding: MountBinding) throws(MountProblem) {
        store = request.store
        let (workdir, outputs) = (request.archive.description.workdir, request.archive.description.outputs)
        let snapshots = request.snapshots
        if let made = request.expansion,
            made.isOf(binding, workdir: workdir, outputs: outputs, snapshots: snapshots)
        {
            expansion = made
        } else {
            expansion = try MountExpansion(
                binding,
                workdir: workdir,
                outputs: outputs,
                snapshots: snapshots,
                host: request.host
            )
        }
    }

    /// Puts a folder of ours in place of each tmpfs that holds outputs.
    mutating func makeFolders() throws {
        guard !expansion.outputMounts.isEmpty else { return }
        let parent = try makeTemporaryFolder()
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
    }

    /// Keeps a folder out of the sandbox's sight, wherever a mount would show it.
    mutating func hide(_ folder: String) { expansion.hide(folder, field: "secrets") }

    /// The folder of the launch's own, made at the first call.
    mutating func makeTemporaryFolder() throws(FileError) -> String {
        if let temporaryFolder { return temporaryFolder }
        let folder = store.temporaryPath("run")
        try Folder.make(folder)
        temporaryFolder = folder
        return folder
    }

    /// Half of the memory, as a tmpfs has it (tmpfs(5)).
    private static var defaultSize: Int64 {
        let line = (try? ProcText.read("/proc/meminfo"))?.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 2 << 20
        return kilobytes * 512
    }
}
