package import ContentAddressing
import HostFiles

/// What a tree holds, one entry after the other; its digest names the tree, wherever it lies.
///
/// An entry is a letter (`d`, `f` or `l`), the mode in octal, of a file the digest of its content and of a link that of
/// its target, and the path below the top; all apart by a blank, closed by a NUL. Owners and times are no part of it.
package struct TreeManifest: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// One that is to hold what stands in a table; room is made at once, as growing takes three times as much.
    init(for table: StatTable) { bytes.reserveCapacity(table.bytes.count + table.bytes.count / 2) }

    /// A manifest as it was written.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// What a folder holds now; all of it is read.
    ///
    /// - Throws: ``RootFilesystemError`` for what no manifest can name, or changes meanwhile.
    init(of root: String) throws {
        let source = SnapshotSource(root, covering: [])
        let table = try TreeScan(source).table
        let parent = try source.parent()
        _ = try table.visit { entry throws in
            switch entry.content {
            case .folder: addFolder(entry.path, mode: entry.mode)
            case .symlink(let target): addSymlink(entry.path, mode: entry.mode, target: target)
            case .file(let key):
                let file = try TreeFile.open(entry.path, key, of: source, at: parent.number)
                addFile(entry.path, mode: entry.mode, try file.digest())
            }
        }
    }

    package var digest: Digest { Digest.of(bytes) }

    mutating func addFolder(_ path: [UInt8], mode: UInt16) { add("d", mode, nil, path) }

    mutating func addFile(_ path: [UInt8], mode: UInt16, _ content: Digest) { add("f", mode, content, path) }

    mutating func addSymlink(_ path: [UInt8], mode: UInt16, target: [UInt8]) {
        add("l", mode, Digest.of(target), path)
    }

    private mutating func add(_ letter: String, _ mode: UInt16, _ digest: Digest?, _ path: [UInt8]) {
        bytes.append(contentsOf: letter.utf8)
        bytes.append(contentsOf: String(mode, radix: 8).utf8)
        bytes.append(0x20)
        if let digest {
            bytes.append(contentsOf: digest.hex.utf8)
            bytes.append(0x20)
        }
        bytes.append(contentsOf: path)
        bytes.append(0)
    }

    /// Paths of the entries in which another manifest differs, at most `limit`.
    func differences(from other: TreeManifest, limit: Int) -> [[UInt8]] {
        let mine = Set(bytes.split(separator: 0))
        let others = Set(other.bytes.split(separator: 0))
        var paths: [[UInt8]] = []
        for entry in mine.symmetricDifference(others).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let fields = entry.first == UInt8(ascii: "d") ? 1 : 2
            let path = Array(
                entry.split(separator: 0x20, maxSplits: fields, omittingEmptySubsequences: false).last ?? []
            )
            if !paths.contains(path), paths.count < limit { paths.append(path) }
        }
        return paths
    }
}
