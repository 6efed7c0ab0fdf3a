import HostFiles
package import JSONText
import Synchronization

/// A numbered place in `leases/` that one operation holds by a lock for as long as it goes on.
///
/// Temporary files of the operation bear its number, and what a running launch uses stands in its file: so whoever gets
/// the lock of a place knows that its holder is gone, and what that one left. The files stay and are used again. Beside
/// the use, a place counts hits and misses of all its holders.
package final class Lease: Sendable {
    package let number: Int

    private struct State {
        var counts: LeaseCounts
        var use: JSONValue?
        /// Whether the file says what this value says.
        var isWritten = true
        /// Holds of the store's lock, one within the other, and the lock's descriptor once its own hold has ended.
        var holds = 0
        var lock: Int32?
    }

    private let file: HeldFile
    private let key: RecordKey
    private let state: Mutex<State>

    init(number: Int, file: consuming OwnedDescriptor, key: RecordKey, counts: LeaseCounts) {
        self.number = number
        self.file = HeldFile(file.release())
        self.key = key
        state = Mutex(State(counts: counts, use: nil))
    }

    /// Counts a stage that hit or ran; written with the next ``use(_:)`` or ``end()``.
    package func count(_ stage: String, hit: Bool) {
        state.withLock { state in
            state.counts.add(stage, hit: hit)
            state.isWritten = false
        }
    }

    /// Says what is used from now on: roots of gc, and what is to be cleaned up if this process is killed.
    package func use(_ use: JSONValue) throws(StoreError) { try write(use) }

    /// Says that nothing is in use any more; the place stays held.
    package func end() throws(StoreError) {
        if state.withLock({ $0.use == nil && $0.isWritten }) { return }
        do throws(StoreError) { try write(nil) } catch {
            // The counts are lost then, but an empty file says as well that nothing is in use.
            do { try FileContent.replace([], in: file.number, path: Self.path(number)) } catch _ { throw error }
        }
    }

    /// Joins a hold that the operation has; false when it has none.
    func joinHold() -> Bool {
        state.withLock { state in
            if state.holds > 0 { state.holds += 1 }
            return state.holds > 0
        }
    }

    func startHold() { state.withLock { $0.holds += 1 } }

    /// Takes over the lock of a hold that ends, for those that joined it.
    func keepUntilLast(_ lock: Int32) { state.withLock { $0.lock = lock } }

    func endHold() {
        let lock: Int32? = state.withLock { state in
            state.holds -= 1
            return state.holds == 0 ? state.lock.take() : nil
        }
        if let lock { _ = OwnedDescriptor(adopting: lock) }
    }

    private func write(_ use: JSONValue?) throws(StoreError) {
        let document = state.withLock { state in
            state.use = use
            state.isWritten = true
            return LeaseDocument(counts: state.counts, use: use).json
        }
        let path = Self.path(number)
        do { try FileContent.replace(key.signed(document, at: path), in: file.number, path: path) } catch {
            throw StoreError("write \(path)", error)
        }
    }

    /// Below `cache/`.
    static func path(_ number: Int) -> String { "leases/\(number)" }

    /// What a lease's temporary files start with.
    static func prefix(_ number: Int) -> String { "\(number)." }
}

/// A descriptor that lives as long as the object.
private final class HeldFile: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { _ = OwnedDescriptor(adopting: number) }
}

/// How often stages hit and ran.
package struct LeaseCounts: Sendable, Hashable {
    package private(set) var hits: [String: Int64] = [:]
    package private(set) var misses: [String: Int64] = [:]

    package init() {}

    init(_ json: JSONValue?) {
        hits = json?["hits"]?.objectValue?.compactMapValues(\.integerValue) ?? [:]
        misses = json?["misses"]?.objectValue?.compactMapValues(\.integerValue) ?? [:]
    }

    mutating func add(_ stage: String, hit: Bool) {
        if hit { hits[stage, default: 0] += 1 } else { misses[stage, default: 0] += 1 }
    }

    package mutating func add(_ other: LeaseCounts) {
        hits.merge(other.hits, uniquingKeysWith: +)
        misses.merge(other.misses, uniquingKeysWith: +)
    }

    var json: JSONValue {
        ["hits": .object(hits.mapValues(JSONValue.integer)), "misses": .object(misses.mapValues(JSONValue.integer))]
    }
}

/// What stands in a lease's file.
struct LeaseDocument {
    let counts: LeaseCounts
    let use: JSONValue?

    init(counts: LeaseCounts, use: JSONValue?) {
        self.counts = counts
        self.use = use
    }

    init(_ json: JSONValue) {
        counts = LeaseCounts(json["counts"])
        use = json["use"]
    }

    var json: JSONValue { .members(["schema": "sbxpipe.lease/v1", "counts": counts.json, "use": use]) }
}
