#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a path is.
package enum FileKind: String, Sendable, Hashable {
    case file, folder, symlink, socket, fifo, blockDevice, characterDevice, unknown
}

/// What lstat(2) says of a file; times in nanoseconds since 1970.
package struct FileStatus: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let kind: FileKind
    /// Permission bits with setuid, setgid and sticky: 0 … 0o7777.
    package let permissions: UInt32
    package let owner: UInt32
    package let group: UInt32
    package let size: Int64
    package let modified: Int64
    package let changed: Int64

    init(_ found: stat) {
        device = UInt64(found.st_dev)
        inode = UInt64(found.st_ino)
        let mode = UInt32(found.st_mode)
        permissions = mode & 0o7777
        kind =
            switch mode & UInt32(S_IFMT) {
            case UInt32(S_IFREG): .file
            case UInt32(S_IFDIR): .folder
            case UInt32(S_IFLNK): .symlink
            case UInt32(S_IFSOCK): .socket
            case UInt32(S_IFIFO): .fifo
            case UInt32(S_IFBLK): .blockDevice
            case UInt32(S_IFCHR): .characterDevice
            default: .unknown
            }
        owner = found.st_uid
        group = found.st_gid
        size = Int64(found.st_size)
        #if canImport(Darwin)
        modified = Int64(found.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(found.st_mtimespec.tv_nsec)
        changed = Int64(found.st_ctimespec.tv_sec) * 1_000_000_000 + Int64(found.st_ctimespec.tv_nsec)
        #else
        modified = Int64(found.st_mtim.tv_sec) * 1_000_000_000 + Int64(found.st_mtim.tv_nsec)
        changed = Int64(found.st_ctim.tv_sec) * 1_000_000_000 + Int64(found.st_ctim.tv_nsec)
        #endif
    }

    /// Whether others than the owner and root may write here: by mode, but for a root-owned sticky folder.
    package func writableByOthers(than caller: UInt32) -> Bool {
        if kind == .folder, owner == 0, permissions & 0o1000 != 0 { return false }
        return permissions & 0o022 != 0 || (owner != 0 && owner != caller)
    }

    /// Status of a path, a symlink itself unless `following`; nil when there is nothing (ENOENT, ENOTDIR).
    ///
    /// - Throws: ``FileError`` for every other failure.
    package static func of(
        _ path: String,
        following: Bool = false,
        at folder: Int32 = AT_FDCWD
    ) throws(FileError) -> FileStatus? {
        var found = stat()
        if unsafe fstatat(folder, path, &found, following ? 0 : AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(found) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw FileError("look at", path)
    }

    /// Status of an open descriptor.
    package static func of(descriptor: Int32, path: String = "a descriptor") throws(FileError) -> FileStatus {
        var found = stat()
        if unsafe fstat(descriptor, &found) != 0 { throw FileError("look at", path) }
        return FileStatus(found)
    }
}
