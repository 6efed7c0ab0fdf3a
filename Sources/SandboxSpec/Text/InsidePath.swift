/// Paths as they are inside the sandbox: absolute, or below the home as `~` and `~/…`.
package enum InsidePath {
    /// PATH_MAX of limits.h without its NUL.
    package static let maximumLength = 4095

    /// Whether `path` is absolute, without `..` and NUL, and short enough for the kernel.
    package static func isAbsolute(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && isPlain(path)
    }

    /// Whether `path` is absolute or starts at the home, with the same rules.
    package static func isAbsoluteOrHome(_ path: String) -> Bool {
        (path.utf8.first == UInt8(ascii: "/") || startsAtHome(path)) && isPlain(path)
    }

    /// Whether `path` is `~` or begins with `~/`; `~name` is an ordinary name.
    package static func startsAtHome(_ path: String) -> Bool {
        path == "~" || path.utf8.starts(with: "~/".utf8)
    }

    /// The same path without empty and `.` components and without a slash at the end.
    package static func normalised(_ path: String) -> String {
        let names = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return path.utf8.first == UInt8(ascii: "/") ? "/" + names : names
    }

    /// The normalised path with a leading `~` replaced by `home`.
    package static func expanding(_ path: String, home: String) -> String {
        startsAtHome(path) ? normalised(home + path.dropFirst()) : normalised(path)
    }

    private static func isPlain(_ path: String) -> Bool {
        path.utf8.count <= maximumLength && !path.utf8.contains(0) && !path.split(separator: "/").contains("..")
    }
}
