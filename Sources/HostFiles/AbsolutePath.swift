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

    /// Whether a path begins with a slash, whatever sign follows.
    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

    /// The rest of `path` below `folder`, without a leading slash; empty when they are the same.
    package static func relative(_ path: String, to folder: String) -> String {
        let rest = path.utf8.dropFirst(folder == "/" ? 0 : folder.utf8.count).drop { $0 == slash }
        return String(Substring(rest))
    }

    package static func join(_ folder: String, _ rest: String) -> String {
        if rest.isEmpty { return folder }
        return folder.utf8.last == slash ? folder + rest : folder + "/" + rest
    }

    /// The folder above; `/` for `/`.
    package static func parent(_ path: String) -> String {
        guard let end = path.utf8.lastIndex(of: slash), end != path.startIndex else { return "/" }
        return String(path[..<end])
    }

    package static func lastComponent(_ path: String) -> String {
        guard let end = path.utf8.lastIndex(of: slash) else { return path }
        return String(path[path.utf8.index(after: end)...])
    }

    package static func components(_ path: String) -> [String] {
        path.utf8.split(separator: slash).map { String(Substring($0)) }
    }

    /// The number of components: 0 for `/`.
    package static func depth(_ path: String) -> Int {
        var count = 0
        var previous = slash
        for byte in path.utf8 {
            if previous == slash, byte != slash { count += 1 }
            previous = byte
        }
        return count
    }

    /// Drops `.`, doubled and trailing slashes and resolves `..` as text; `/` stays `/`.
    package static func normalised(_ path: String) -> String {
        var result: [Substring] = []
        for part in path.utf8.split(separator: slash) {
            let component = Substring(part)
            if component.utf8.elementsEqual("..".utf8) {
                _ = result.popLast()
            } else if !component.utf8.elementsEqual(".".utf8) {
                result.append(component)
            }
        }
        return "/" + result.joined(separator: "/")
    }

    private static let slash = UInt8(ascii: "/")

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
