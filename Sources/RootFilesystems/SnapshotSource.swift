import HostFiles

/// A file or folder of the host of which a snapshot is taken, and what of it is left out.
package struct SnapshotSource: Sendable {
    /// Real, and not the root.
    let path: String
    /// Folders that show as empty ones, by their devices and inodes: those of the store and the machine's key.
    let covered: Set<FileIdentity>

    /// Whether it is a whole root, whose character devices in `/dev` are left out.
    let isRoot: Bool

    /// `covered` are real paths.
    package init(_ path: String, covering covered: [String], isRoot: Bool = false) {
        self.path = path
        self.isRoot = isRoot
        self.covered = Set(covered.compactMap { ((try? FileStatus.of($0)) ?? nil).map(FileIdentity.init) })
    }

    /// The folder that the source lies in.
    func parent() throws(FileError) -> OwnedDescriptor {
        try OwnedDescriptor.open(AbsolutePath.parent(path), [.pathOnly, .folder])
    }

    var name: RawName { RawName(AbsolutePath.lastComponent(path)) }

    /// The source's own path with that of something below it, in bytes.
    func path(of below: [UInt8]) -> [UInt8] { below.isEmpty ? Array(path.utf8) : Array(path.utf8) + [0x2F] + below }
}

/// What names a file as long as it exists.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ status: FileStatus) {
        device = status.device
        inode = status.inode
    }
}
