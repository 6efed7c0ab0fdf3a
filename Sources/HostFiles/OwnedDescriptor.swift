#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file descriptor with one owner; closed when the owner goes.
package struct OwnedDescriptor: ~Copyable {
    /// The number, valid as long as this value lives.
    package let number: Int32

    /// Takes over an open descriptor.
    package init(adopting number: Int32) { self.number = number }

    /// Gives the descriptor away without closing it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    deinit { _ = close(number) }

    /// A second descriptor of an open file that somebody else has; close-on-exec.
    ///
    /// - Throws: ``FileError``.
    package static func duplicate(of descriptor: Int32) throws(FileError) -> OwnedDescriptor {
        let number = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard number >= 0 else { throw FileError("duplicate", "descriptor \(descriptor)") }
        return OwnedDescriptor(adopting: number)
    }

    /// Opens a path; always close-on-exec.
    ///
    /// - Throws: ``FileError``.
    package static func open(
        _ path: String,
        _ flags: OpenFlags,
        mode: UInt32 = 0o600,
        at folder: Int32 = AT_FDCWD
    ) throws(FileError) -> OwnedDescriptor {
        while true {
            let number = unsafe openat(folder, path, flags.rawValue | O_CLOEXEC, mode_t(mode))
            if number >= 0 { return OwnedDescriptor(adopting: number) }
            if errno != EINTR { throw FileError("open", path) }
        }
    }
}

/// How to open a file, as in open(2).
package struct OpenFlags: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package init(arrayLiteral flags: OpenFlags...) { rawValue = flags.reduce(0) { $0 | $1.rawValue } }

    package static let read = OpenFlags(rawValue: O_RDONLY)
    package static let write = OpenFlags(rawValue: O_WRONLY)
    package static let readWrite = OpenFlags(rawValue: O_RDWR)
    package static let create = OpenFlags(rawValue: O_CREAT)
    package static let exclusive = OpenFlags(rawValue: O_EXCL)
    package static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    package static let folder = OpenFlags(rawValue: O_DIRECTORY)
    package static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    package static let truncate = OpenFlags(rawValue: O_TRUNC)
    #if os(Linux)
    /// Names the file without opening it (O_PATH).
    package static let pathOnly = OpenFlags(rawValue: 0o10000000)
    #else
    package static let pathOnly = OpenFlags(rawValue: O_RDONLY)
    #endif
}
