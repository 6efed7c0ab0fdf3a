#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Arithmetic on absolute paths as text, and their real names on the host.
package enum AbsolutePath {
    /// Whether `path` is `folder` or lies below it; both normalised.
    package static func contains(_ folder: String, _ path: String) -> Bool {
        if folder == "/" { return path.utf8.first == UInt8(ascii: "/") }
        guard path.utf8.count >= folder.utf8.count, path.utf8.starts(with: folder.utf8) else { return false }
        let end = path.utf8.index(path.utf8.startIndex, offsetBy: folder.utf8.count)
        return end == path.utf8.endIndex || path.utf8[end] == UInt8(ascii: "/")
    }

    /// The rest of `path` below `folder`, without a leading slash; empty when they are the same.
    package static func relative(_ path: String, to folder: String) -> String {
        if folder == "/" { return String(path.dropFirst()) }
        return String(path.dropFirst(folder.count).drop { $0 == "/" })
    }

    package static func join(_ folder: String, _ rest: String) -> String {
        if rest.isEmpty { return folder }
        return folder == "/" ? "/" + rest : folder + "/" + rest
    }

    /// The folder above; `/` for `/`.
    package static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    package static func lastComponent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    package static func components(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    /// The number of components: 0 for `/`.
    package static func depth(_ path: String) -> Int { path.utf8.split(separator: UInt8(ascii: "/")).count }

    /// Drops `.`, doubled and trailing slashes and resolves `..` as text; `/` stays `/`.
    package static func normalised(_ path: String) -> String {
        var result: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == ".." { _ = result.popLast() } else { result.append(component) }
        }
        return "/" + result.joined(separator: "/")
    }

    /// The path without symlinks, by realpath(3); nil when something of it is missing.
    package static func real(_ path: String) throws(FileError) -> String? {
        guard let found = unsafe realpath(path, nil) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("resolve", path)
        }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// The working folder of this process.
    package static func current() throws(FileError) -> String {
        guard let found = unsafe getcwd(nil, 0) else { throw FileError("find", "the working folder") }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}
