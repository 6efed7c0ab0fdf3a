#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Folder {
    /// Makes a folder and those above it as a person's `mkdir -p` does: open to readers as far as the umask lets them be,
    /// and never to other writers.
    package static func makeAllAsUsual(_ path: String) throws(FileError) {
        if let status = try FileStatus.of(path, following: true), status.kind == .folder { return }
        let parent = AbsolutePath.parent(path)
        if parent != path { try makeAllAsUsual(parent) }
        if unsafe mkdirat(AT_FDCWD, path, 0o755) != 0, errno != EEXIST { throw FileError("make folder", path) }
    }
}
