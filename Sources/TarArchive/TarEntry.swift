/// One entry of a tar archive: where it lies, what it is, and the metadata that this module keeps.
///
/// Owners are always 0 with empty names, and there are no access times, inode numbers, extended attributes or ACLs:
/// the writer has no place for them, the reader drops them.
package struct TarEntry: Sendable, Hashable {
    /// What an entry is.
    package enum Kind: Sendable, Hashable {
        /// A regular file, with a body.
        case file
        /// A directory; no body.
        case directory
        /// A symbolic link; no body. The target is any bytes but NUL and none, and is never resolved here.
        case symlink(target: [UInt8])

        /// Whether it is a file; cheaper than `==`, which in a cold process has to make metadata of the payload.
        var isFile: Bool {
            if case .file = self { true } else { false }
        }

        /// Whether it is a directory; likewise.
        var isDirectory: Bool {
            if case .directory = self { true } else { false }
        }
    }

    /// The path: any bytes but NUL, relative, components parted by one `/`, none of them empty, `.` or `..`; a
    /// directory's has no `/` at its end.
    package var path: [UInt8]

    /// What it is.
    package var kind: Kind

    /// The permission bits with setuid, setgid and sticky, 0o7777 at most.
    package var mode: UInt16

    /// The body's length in bytes; 0 for what is no file.
    package var size: Int64

    /// The time of the last change, in whole seconds since 1970.
    package var modified: Int64

    /// Makes an entry; nothing is checked before it is written.
    package init(path: [UInt8], kind: Kind, mode: UInt16, size: Int64, modified: Int64) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.size = size
        self.modified = modified
    }
}
