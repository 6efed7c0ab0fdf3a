/// A lock of flock(2), as the kernel's list has it (proc_locks(5)).
package struct FileLockEntry: Sendable, Hashable {
    /// Who took the lock, by the reader's PID namespace; nil where the kernel does not tell (0 and -1).
    ///
    /// It may have ended while a child of it, which has the open file too, holds the lock on.
    package let processID: Int32?
    /// Held alone, not shared.
    package let isExclusive: Bool
    /// Not held yet, but waited for.
    package let isWaiting: Bool
    /// The device of the file system, in the form of `st_dev`; on some file systems, as btrfs, not that of stat(2).
    package let device: UInt64
    package let inode: UInt64

    /// The locks of flock(2) in a text of the form of `/proc/locks`; other kinds and other lines are left out.
    package static func parse(_ text: [UInt8]) -> [FileLockEntry] {
        text.split(separator: UInt8(ascii: "\n")).compactMap {
            FileLockEntry(line: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Parses `1: FLOCK  ADVISORY  WRITE 123 fd:00:5678 0 EOF`, with `->` after the number for one that waits.
    private init?(line: String) {
        var words = line.split(separator: " ")[...]
        guard let number = words.popFirst(), number.last == ":" else { return nil }
        isWaiting = words.first == "->"
        if isWaiting { words = words.dropFirst() }
        guard words.count >= 5, words.popFirst() == "FLOCK", words.popFirst() != nil, let kind = words.popFirst(),
            let process = words.popFirst().flatMap({ Int32($0) }), let place = words.popFirst()?.split(separator: ":"),
            place.count == 3, let major = UInt64(place[0], radix: 16), let minor = UInt64(place[1], radix: 16),
            let inode = UInt64(place[2])
        else { return nil }
        processID = process > 0 ? process : nil
        isExclusive = kind == "WRITE"
        device = Self.device(major: major, minor: minor)
        self.inode = inode
    }

    /// makedev(3), whose macro does not import.
    static func device(major: UInt64, minor: UInt64) -> UInt64 {
        (major & 0xFFF) << 8 | (major & ~0xFFF) << 32 | (minor & 0xFF) | (minor & ~0xFF) << 12
    }
}
