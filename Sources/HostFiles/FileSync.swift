internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What has to be on the disk before it is acknowledged.
package enum FileSync {
    /// Waits until a file, or a folder's names, are on the disk (fsync(2)).
    package static func file(_ descriptor: Int32, path: String) throws(FileError) {
        while fsync(descriptor) != 0 { if errno != EINTR { throw FileError("sync", path) } }
    }

    /// The same for a folder by path.
    package static func folder(_ path: String) throws(FileError) {
        let folder = try OwnedDescriptor.open(path, [.read, .folder])
        try file(folder.number, path: path)
    }

    /// Waits until all of the file system that a path lies on is on the disk (syncfs(2)).
    ///
    /// Linux reports failed writes here from 5.8 on.
    package static func fileSystem(of path: String) throws(FileError) {
        let file = try OwnedDescriptor.open(path, [.read])
        while sbx_sync_file_system(file.number) != 0 { if errno != EINTR { throw FileError("sync", path) } }
    }
}
