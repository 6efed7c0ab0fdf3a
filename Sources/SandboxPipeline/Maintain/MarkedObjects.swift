import ArtifactStore
import ContentAddressing
import JSONText
import PipelineContracts
import PipelineCore

/// The objects that plans and runs need, found by reading their records.
struct MarkedObjects {
    /// 32 bytes an object: a store has hundreds of thousands.
    private struct Key: Hashable {
        let words: (UInt64, UInt64, UInt64, UInt64)

        init?(_ hex: some StringProtocol) {
            guard hex.utf8.count == 64 else { return nil }
            var words: [UInt64] = []
            var rest = hex[...]
            for _ in 0..<4 {
                guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
                words.append(word)
                rest = rest.dropFirst(16)
            }
            self.words = (words[0], words[1], words[2], words[3])
        }

        static func == (left: Key, right: Key) -> Bool { left.words == right.words }

        /// Digests are random already.
        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }

    private let store: Store
    private var keys: Set<Key> = []
    /// Bytes of all that is marked.
    private(set) var bytes: Int64 = 0
    /// What was marked since ``begin()``.
    private var added: [(key: Key, size: Int64)] = []

    init(_ store: Store) { self.store = store }

    var count: Int { keys.count }

    /// By the hex digits of its digest.
    func contains(_ hex: some StringProtocol) -> Bool { Key(hex).map(keys.contains) ?? false }

    /// Marks from here on can be taken back.
    mutating func begin() { added.removeAll(keepingCapacity: true) }

    /// Takes back what was marked since ``begin()``.
    mutating func takeBack() {
        for (key, size) in added {
            keys.remove(key)
            bytes -= size
        }
        added.removeAll(keepingCapacity: true)
    }

    private mutating func mark(_ digest: Digest, size: Int64) {
        guard let key = Key(digest.hex), keys.insert(key).inserted else { return }
        bytes += size
        added.append((key, size))
    }

    /// Marks a plan, its stages' receipts and their files.
    ///
    /// - Throws: what kept a receipt from being read.
    mutating func mark(_ ref: PlanRef) throws {
        for receipt in ref.receipts.values { try mark(receipt: receipt) }
        mark(ref.plan, size: 0)
    }

    /// Marks a run, its stages' receipts and their files; not its plan.
    mutating func mark(_ ref: RunRef) throws {
        for receipt in ref.receipts.values { try mark(receipt: receipt) }
        mark(ref.run, size: 0)
    }

    /// Marks a plan of which no record is left, as far as it can be launched: itself and its archive.
    mutating func mark(plan: Digest) throws {
        mark(plan, size: 0)
        let manifest = try PlanManifest(try Documents.read(plan, from: store))
        mark(manifest.archive.digest, size: manifest.archive.size)
        for layer in manifest.layers { mark(layer.digest, size: layer.size) }
    }

    private mutating func mark(receipt digest: Digest) throws {
        if contains(digest.hex) { return }
        let receipt = try Documents.receipt(digest, from: store)
        for file in receipt.files.values { mark(file.digest, size: file.size) }
        mark(digest, size: Int64(receipt.json.canonical().count))
    }
}
