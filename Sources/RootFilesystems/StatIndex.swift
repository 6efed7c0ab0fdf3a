import ArtifactStore
import ContentAddressing
import HostFiles

/// What the store remembers of a tree on the host: its stats, its files' digests, and the tree's own.
///
/// Signed with the machine's key, as who could change it could have a snapshot taken for another.
struct StatIndex {
    /// When the look at the tree began, in nanoseconds since 1970.
    let time: Int64
    let tree: Digest
    let table: StatTable
    /// Hex digits of the files' digests, in their order.
    let digests: [UInt8]

    /// A file that changed this short before the index was made may have changed again within its clock's tick.
    private static let doubt: Int64 = 2_000_000_000

    init(time: Int64, tree: Digest, table: StatTable, digests: [UInt8]) {
        self.time = time
        self.tree = tree
        self.table = table
        self.digests = digests
    }

    /// Whether a time of change is early enough for the stats to tell of later ones.
    func trusts(_ changed: Int64) -> Bool { changed < time - Self.doubt }

    private static func place(of path: String) -> String {
        "actions/snapshot/" + Digest.of(Array(path.utf8)).hex
    }

    /// Nil when there is none, or none that this machine made.
    init?(of path: String, in store: Store) {
        guard let bytes = (try? store.signedBytes(at: Self.place(of: path))) ?? nil, bytes.count >= 80,
            let tree = Digest(hex: String(decoding: bytes[16..<80], as: UTF8.self))
        else { return nil }
        func number(_ place: Int) -> Int64 {
            (0..<8).reduce(0) { $0 | Int64(bytes[place + $1]) << (8 * Int64($1)) }
        }
        let length = Int(number(8))
        guard length >= 0, length <= bytes.count - 80 else { return nil }
        self.init(
            time: number(0),
            tree: tree,
            table: StatTable(bytes: Array(bytes[80..<80 + length])),
            digests: Array(bytes[(80 + length)...])
        )
    }

    /// Remembers it; a store that can't be written remembers nothing.
    func keep(for path: String, in store: Store) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(80 + table.bytes.count + digests.count)
        for number in [time, Int64(table.bytes.count)] {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * Int64(shift)))) }
        }
        // One after the other: a sum of them would be made in memory beside.
        bytes += Array(tree.hex.utf8)
        bytes += table.bytes
        bytes += digests
        try? store.putSignedBytes(bytes, at: Self.place(of: path))
    }

    /// The digest of the file of that number in the table, if its stats can be trusted.
    func digest(_ number: Int, _ key: FileKey) -> Digest? {
        let end = (number + 1) * 64
        guard end <= digests.count, trusts(key.changed) else { return nil }
        return Digest(hex: String(decoding: digests[(end - 64)..<end], as: UTF8.self))
    }

    /// Digests of the files whose stats can be trusted, by these.
    func known() -> [FileKey: Digest] {
        var known: [FileKey: Digest] = [:]
        var index = 0
        let isWhole = table.visit { (entry: StatTable.Entry) in
            guard case .file(let key) = entry.content else { return }
            known[key] = digest(index, key)
            index += 1
        }
        return isWhole && digests.count == index * 64 ? known : [:]
    }
}
