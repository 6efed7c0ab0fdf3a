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
        let length = folder.utf8.count
        guard path.utf8.count >= length, compare(folder, path, first: length) == 0 else { return false }
        let end = path.utf8.index(path.utf8.startIndex, offsetBy: length)
        return end == path.utf8.endIndex || path.utf8[end] == slash
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
        var result: [UInt8] = []
        for component in path.utf8.split(separator: slash) {
            if component.elementsEqual("..".utf8) {
                result.removeLast(result.count - (result.lastIndex(of: slash) ?? 0))
            } else if !component.elementsEqual(".".utf8) {
                result.append(slash)
                result.append(contentsOf: component)
            }
        }
        return result.isEmpty ? "/" : String(decoding: result, as: UTF8.self)
    }

    /// Whether one path comes before another by its bytes.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        let order = compare(left, right, first: min(left.utf8.count, right.utf8.count))
        return order == 0 ? left.utf8.count < right.utf8.count : order < 0
    }

    /// Whether two paths are one to the kernel: strings that are equal may differ in their Unicode normal form.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && compare(left, right, first: left.utf8.count) == 0
    }

    /// memcmp(3) of as many bytes as both have.
    private static func compare(_ left: String, _ right: String, first count: Int) -> Int32 {
        var (left, right) = (left, right)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
                return unsafe memcmp(left, right, count)
            }
        }
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
