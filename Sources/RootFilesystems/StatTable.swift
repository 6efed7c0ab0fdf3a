import HostFiles

/// All that lies in a tree, in one row of bytes: names, kinds, modes, links' targets, and of each file what lstat(2) says.
///
/// Two tables of the same bytes are of the same tree, as far as its stats tell. Depth first, names sorted by their bytes; a
/// folder's entries follow it, closed by a zero. The top has an empty name. An entry is its kind, the length of its name,
/// the name, its permissions, then of a symlink length and bytes of the target, of a file a ``FileKey``.
struct StatTable {
    enum Kind: UInt8 { case end, file, folder, symlink }

    private(set) var bytes: [UInt8] = []
    private(set) var files = 0
    /// The latest time of change of its files, in nanoseconds since 1970.
    private(set) var newestChange = Int64.min

    init() {}

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func addFile(_ name: some Collection<UInt8>, _ status: FileStatus) {
        begin(.file, name, status)
        FileKey(status).append(to: &bytes)
        files += 1
        newestChange = max(newestChange, status.changed)
    }

    mutating func beginFolder(_ name: some Collection<UInt8>, _ status: FileStatus) { begin(.folder, name, status) }

    mutating func endFolder() { bytes.append(Kind.end.rawValue) }

    mutating func addSymlink(_ name: some Collection<UInt8>, _ status: FileStatus, target: [UInt8]) {
        begin(.symlink, name, status)
        append16(target.count)
        bytes.append(contentsOf: target)
    }

    private mutating func begin(_ kind: Kind, _ name: some Collection<UInt8>, _ status: FileStatus) {
        bytes.append(kind.rawValue)
        append16(name.count)
        bytes.append(contentsOf: name)
        // Owners aren't kept, so a set-user-ID bit would say another user than it did.
        append16(Int(kind == .symlink ? 0o777 : status.permissions & 0o1777))
    }

    private mutating func append16(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }
}

/// What tells a file's content from what it was: device, inode, mode, owner, size and times.
struct FileKey: Hashable {
    static let length = 48

    let device: UInt64
    let inode: UInt64
    /// Permission bits in the lower half, owner in the upper one.
    let access: UInt64
    let size: Int64
    let modified: Int64
    let changed: Int64

    init(_ status: FileStatus) {
        device = status.device
        inode = status.inode
        access = UInt64(status.permissions) | UInt64(status.owner) << 32
        size = status.size
        modified = status.modified
        changed = status.changed
    }

    func append(to bytes: inout [UInt8]) {
        let words = (
            device.littleEndian, inode.littleEndian, access.littleEndian, size.littleEndian, modified.littleEndian,
            changed.littleEndian
        )
        withUnsafeBytes(of: words) { bytes.append(contentsOf: $0) }
    }

    /// Reads what ``append(to:)`` wrote.
    init(_ bytes: ArraySlice<UInt8>) {
        func word(_ index: Int) -> UInt64 {
            var word: UInt64 = 0
            for offset in (0..<8).reversed() { word = word << 8 | UInt64(bytes[bytes.startIndex + index * 8 + offset]) }
            return word
        }
        device = word(0)
        inode = word(1)
        access = word(2)
        size = Int64(bitPattern: word(3))
        modified = Int64(bitPattern: word(4))
        changed = Int64(bitPattern: word(5))
    }
}
