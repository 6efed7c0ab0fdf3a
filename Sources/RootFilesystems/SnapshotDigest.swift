package import ArtifactStore
package import ContentAddressing
import HostFiles
import HostProcess
import Synchronization

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
        let found = try digests(of: scan.table, known: index?.known() ?? [:])
        var manifest = TreeManifest(for: scan.table)
        var digests: [UInt8] = []
        digests.reserveCapacity(scan.table.files * 64)
        _ = scan.table.visit { (entry: StatTable.Entry) in
            switch entry.content {
            case .folder: manifest.addFolder(entry.path, mode: entry.mode)
            case .symlink(let target): manifest.addSymlink(entry.path, mode: entry.mode, target: target)
            case .file:
                let digest = found[digests.count / 64]
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

    /// Digests of a table's files in their order; those that aren't known are read, on all processors.
    private func digests(of table: StatTable, known: [FileKey: Digest]) throws -> [Digest] {
        var digests: [Digest] = []
        digests.reserveCapacity(table.files)
        var unread: [(index: Int, path: [UInt8], key: FileKey)] = []
        _ = table.visit { (entry: StatTable.Entry) in
            guard case .file(let key) = entry.content else { return }
            if known[key] == nil { unread.append((digests.count, entry.path, key)) }
            digests.append(known[key] ?? Self.unknown)
        }
        if unread.isEmpty { return digests }
        let parent = try source.parent()
        return try withExtendedLifetime(parent) {
            let (files, source, folder) = (unread, source, parent.number)
            let results = Mutex(digests)
            try ParallelWork.forEach(files.count) { number in
                let file = files[number]
                let digest = try TreeFile.open(file.path, file.key, of: source, at: folder).digest()
                results.withLock { $0[file.index] = digest }
            }
            return results.withLock { $0 }
        }
    }

    /// Stands where a file is yet to be read.
    private static let unknown = Digest.of([])
}
