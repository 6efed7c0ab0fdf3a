import ContentAddressing
import HostProcess
import Synchronization

/// The digest of a stream while it comes: of a long one it is worked out by a thread of its own, as hashing takes longer
/// than reading and writing together.
final class StreamDigest {
    /// Bytes so far.
    private(set) var count: Int64 = 0
    private let digest = Hashed()
    private var worker: ByteWorker?
    /// Whether no thread could be had.
    private var isAlone = false

    /// What is shorter is hashed before a thread has started.
    private static let threshold: Int64 = 1 << 20

    func update(_ bytes: UnsafeRawBufferPointer) {
        count += Int64(bytes.count)
        if worker == nil, count > Self.threshold, !isAlone {
            let digest = digest
            worker = try? ByteWorker { digest.update($0) }
            isAlone = worker == nil
        }
        if let worker { worker.append(bytes) } else { digest.update(bytes) }
    }

    /// The digest of all that came; nothing may come after it.
    func finish() -> Digest {
        worker?.finish()
        worker = nil
        return digest.digest()
    }
}

/// A digest for two threads, one after the other.
private final class Hashed: Sendable {
    private let state = Mutex(StreamingDigest())

    func update(_ bytes: UnsafeRawBufferPointer) { state.withLock { $0.update(bytes) } }
    func digest() -> Digest { state.withLock { $0.digest() } }
}
