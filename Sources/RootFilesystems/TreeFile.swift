import ContentAddressing
import HostFiles

/// One file of a tree, opened for reading its content while others may write to it.
struct TreeFile: ~Copyable {
    let file: OwnedDescriptor
    private let key: FileKey
    private let path: [UInt8]

    private init(_ file: consuming OwnedDescriptor, _ key: FileKey, _ path: [UInt8]) {
        self.file = file
        self.key = key
        self.path = path
    }

    /// Opens a file below the folder that the source lies in; `key` is what a scan saw of it.
    ///
    /// - Throws: ``RootFilesystemError`` naming what can't be read, or is not what the scan saw.
    static func open(
        _ below: [UInt8],
        _ key: FileKey,
        of source: SnapshotSource,
        at parent: Int32
    ) throws(RootFilesystemError) -> TreeFile {
        let path = source.path(of: below)
        let name = RawName(source.name.bytes + (below.isEmpty ? [] : [0x2F] + below))
        let file = TreeFile(try open(name, at: parent, path), key, path)
        try file.check()
        return file
    }

    private static func open(
        _ name: RawName,
        at parent: Int32,
        _ path: [UInt8]
    ) throws(RootFilesystemError) -> OwnedDescriptor {
        do throws(FileError) {
            return try name.openBeneath(parent, [.read, .nonBlocking])
        } catch {
            switch error.code {
            case .notFound, .notAFolder, .tooManySymlinks: throw RootFilesystemError.changed(path)
            default: throw RootFilesystemError(path, error.reason, hint: TreeScan.hint(error))
            }
        }
    }

    var size: Int64 { key.size }

    /// Refuses what is another file than the scan saw, or has changed since.
    func check() throws(RootFilesystemError) {
        guard let status = try? FileStatus.of(descriptor: file.number), FileKey(status) == key else {
            throw RootFilesystemError.changed(path)
        }
    }

    /// The content, of a file that fits into memory.
    func content() throws -> [UInt8] {
        let bytes = try FileContent.read(descriptor: file.number, at: 0, count: Int(size) + 1)
        guard bytes.count == Int(size) else { throw RootFilesystemError.changed(path) }
        try check()
        return bytes
    }

    func digest() throws -> Digest {
        if size <= 1 << 18 { return Digest.of(try content()) }
        var digest = StreamingDigest()
        while digest.count < size {
            let piece = try FileContent.read(descriptor: file.number, at: digest.count, count: 1 << 18)
            if piece.isEmpty { break }
            digest.update(piece)
        }
        guard digest.count == size else { throw RootFilesystemError.changed(path) }
        try check()
        return digest.digest()
    }
}
