package import ArtifactStore
package import ContentAddressing
import HostFiles

/// Finds out what a tree on the host holds, and reads only files that may have changed since the last time.
package struct SnapshotDigest {
    private let source: SnapshotSource
    private let store: Store

    package init(_ source: SnapshotSource, _ store: Store) {
        self.source = source
        self.store = store
    }

    /// The tree's digest; who has no lease, and so only reads, remembers nothing.
    ///
    /// - Throws: ``RootFilesystemError`` naming what can't be read, changed meanwhile, or is no file, folder or symlink.
    package func find() throws -> Digest {
        let time = HostSystem.realTime()
        let scan = try TreeScan(source)
        let index = scan.isSteady ? StatIndex(of: source.path, in: store) : nil
        if let index, index.table.bytes == scan.table.bytes, index.trusts(scan.table.newestChange) {
            return index.tree
        }
        let known = index?.known() ?? [:]
        let parent = try source.parent()
        var manifest = TreeManifest()
        var digests: [UInt8] = []
        digests.reserveCapacity(scan.table.files * 64)
        _ = try scan.table.visit { entry throws in
            switch entry.content {
            case .folder: manifest.addFolder(entry.path, mode: entry.mode)
            case .symlink(let target): manifest.addSymlink(entry.path, mode: entry.mode, target: target)
            case .file(let key):
                let digest =
                    try known[key] ?? TreeFile.open(entry.path, key, of: source, at: parent.number).digest()
                manifest.addFile(entry.path, mode: entry.mode, digest)
                digests.append(contentsOf: digest.hex.utf8)
            }
        }
        let tree = manifest.digest
        if scan.isSteady, store.lease != nil {
            StatIndex(time: time, tree: tree, table: scan.table, digests: digests).keep(for: source.path, in: store)
        }
        return tree
    }
}
