import HostFiles
import PipelineContracts

extension MountExpansion {
    /// Folders that a sandbox mounts over or reads on its own: in a root that leads elsewhere with one of them, what is
    /// mounted there would be too.
    private static let fixed = ["/proc", "/dev", "/sys", "/etc"]

    /// Shows the tree that the root's layers come to.
    mutating func addTree() throws(MountProblem) {
        guard let folder = rootTree else { throw MountProblem("root", "its layers are not unpacked") }
        for path in Self.fixed {
            guard let kind = ((try? FileStatus.of(folder + path)) ?? nil)?.kind, kind != .folder else { continue }
            throw MountProblem("root", "\(path) in it is a \(kind.rawValue), not a folder")
        }
        try addEntries(of: folder)
    }

    /// Whether a mount shows a tree of the store: a snapshot's, or the root's own.
    func isOfStore(_ operation: MountOperation) -> Bool {
        if operation.origin == .spec { return snapshotPlaces.contains { AbsolutePath.isSame($0, operation.at) } }
        guard operation.origin == .root || operation.origin == .rule, let source = operation.source else {
            return false
        }
        return snapshots.values.contains { AbsolutePath.contains($0, source) }
    }

    /// With the host's network, what says how names are found there lies over the root's own.
    mutating func addNetworkFilesOverTree() {
        for path in ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"] {
            guard let real = (try? AbsolutePath.real(path)) ?? nil else { continue }
            let inside: String
            switch tree.resolve(path) {
            case .host(_, .file, let found): inside = found
            case .missing(let found) where tree.takesMountPoints(at: found): inside = tree.destination(of: path)
            default: continue
            }
            let bind = MountOperation.Action.bind(source: real, writable: false, devices: false)
            tree.set(MountOperation(bind, at: inside, origin: .preset, field: "network"))
        }
    }

    /// The accounts of the root, where it has its own; else those of the host.
    var accounts: Accounts {
        guard !binding.root.isHost else { return host.accounts }
        func text(_ path: String) -> String {
            guard case .host(let found, .file, _) = tree.resolve(path),
                let bytes = try? FileContent.read(found, limit: 16 << 20)
            else { return "" }
            return String(decoding: bytes, as: UTF8.self)
        }
        return Accounts(passwd: text("/etc/passwd"), group: text("/etc/group"))
    }
}
