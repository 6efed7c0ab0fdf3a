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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count)
        if path.utf8.first == slash { bytes.append(slash) }
        for byte in path.utf8 {
            if byte == slash { closeComponent(&bytes) } else { bytes.append(byte) }
        }
        closeComponent(&bytes)
        if bytes.count > 1 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The normalised path with a leading `~` replaced by `home`.
    package static func expanding(_ path: String, home: String) -> String {
        startsAtHome(path) ? normalised(home + path.dropFirst()) : normalised(path)
    }

    /// Ends a component with one slash, and takes an empty one or a `.` away.
    private static func closeComponent(_ bytes: inout [UInt8]) {
        if bytes.last == dot, bytes.count == 1 || bytes[bytes.count - 2] == slash { bytes.removeLast() }
        if let last = bytes.last, last != slash { bytes.append(slash) }
    }

    private static func hasParent(_ path: String) -> Bool {
        var dots = 0
        for byte in path.utf8 {
            switch byte {
            case slash:
                if dots == 2 { return true }
                dots = 0
            case dot where dots >= 0: dots += 1
            default: dots = -1
            }
        }
        return dots == 2
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    private static func isPlain(_ path: String) -> Bool {
        path.utf8.count <= maximumLength && !path.utf8.contains(0) && !hasParent(path)
    }
}
