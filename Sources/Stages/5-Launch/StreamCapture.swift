package import ArtifactStore
import ContentAddressing
package import HostFiles
package import PipelineContracts

/// One stream of a command as it comes: counted and hashed whole, kept up to a limit as head and tail.
///
/// Small streams stay in memory. A larger one goes to a file of the store's `tmp`: the head at its place, the tail in a
/// ring behind it, so that neither memory nor disk grows past the limit. Once the ring is written over, eight bytes at
/// the limit, the lowest first, say how far the stream will have come when what is being written is: so who reads along
/// can tell, after reading, whether what was read was still there.
package final class StreamCapture {
    /// `stdout`, `stderr` or `combined`.
    package let name: String
    private let store: Store
    private let limit: Int64
    private let headSize: Int64
    private let digest = StreamDigest()
    private var memory: [UInt8] = []
    private var file: Int32?
    private let temporary: String
    /// The first failure to write; the stream goes on being counted.
    package private(set) var failure: FileError?

    private static let memoryLimit: Int64 = 128 << 10

    /// `limit` in bytes.
    package init(_ name: String, limit: Int64, store: Store) {
        self.name = name
        self.store = store
        self.limit = limit
        headSize = limit / 2
        temporary = store.temporaryPath(name)
    }

    /// Bytes so far.
    package var count: Int64 { digest.count }

    package func append(_ bytes: UnsafeRawBufferPointer) {
        let start = digest.count
        digest.update(bytes)
        guard failure == nil else { return }
        do throws(FileError) {
            if file == nil, digest.count <= min(Self.memoryLimit, limit) {
                memory.append(contentsOf: bytes)
            } else {
                try spill()
                try write(bytes, at: start)
            }
        } catch {
            failure = error
        }
    }

    /// Goes to its file from now on, however small; the path.
    func goLive() -> String {
        do throws(FileError) { try spill() } catch { failure = failure ?? error }
        return temporary
    }

    private func spill() throws(FileError) {
        guard file == nil else { return }
        let opened = try OwnedDescriptor.open(temporary, [.readWrite, .create, .exclusive, .noFollow], mode: 0o600)
        let number = opened.release()
        file = number
        try FileContent.write(memory, to: number, path: temporary)
        memory = []
    }

    /// Writes what belongs to the head at its place and the rest into the ring.
    private func write(_ bytes: UnsafeRawBufferPointer, at start: Int64) throws(FileError) {
        let ring = limit - headSize
        // A limit of 0 keeps nothing.
        guard let file, ring > 0 else { return }
        let end = start + Int64(bytes.count)
        if end > limit {
            try FileContent.write(Self.mark(end), to: file, at: limit, path: temporary)
        }
        var done = 0
        while done < bytes.count {
            let position = start + Int64(done)
            let place: Int64
            let room: Int64
            if position < headSize {
                place = position
                room = headSize - position
            } else {
                let inRing = (position - headSize) % ring
                place = headSize + inRing
                room = ring - inRing
            }
            let count = min(bytes.count - done, Int(room))
            try FileContent.write(.init(rebasing: bytes[done..<(done + count)]), to: file, at: place, path: temporary)
            done += count
        }
    }

    private static func mark(_ end: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: end >> (8 * $0)) }
    }

    /// Publishes the stream.
    ///
    /// - Throws: ``StoreError`` when a write failed, then or before.
    package func finish() throws(StoreError) -> CapturesRecord.Stream {
        defer { close() }
        if let failure { throw StoreError("keep \(name)", failure) }
        let whole = digest.finish()
        let mediaType = ArtefactKind.stream.mediaType
        if digest.count <= limit {
            let descriptor: Descriptor
            if file == nil {
                descriptor = try store.put(memory, mediaType: mediaType)
            } else {
                descriptor = try store.adopt(temporary, digest: whole, size: digest.count, mediaType: mediaType)
            }
            let piece = CapturesRecord.Piece(offset: 0, bytes: digest.count, digest: whole)
            return CapturesRecord.Stream(digest: whole, bytes: digest.count, kept: [piece], file: descriptor)
        }
        return try finishTruncated(whole, mediaType)
    }

    private func finishTruncated(_ whole: Digest, _ mediaType: String) throws(StoreError) -> CapturesRecord.Stream {
        let ring = limit - headSize
        let turn = ring == 0 ? 0 : (digest.count - headSize) % ring
        var writer = try BlobWriter(in: store)
        var head = StreamingDigest()
        var tail = StreamingDigest()
        try copy(from: 0, headSize, to: &writer, &head)
        try copy(from: headSize + turn, ring - turn, to: &writer, &tail)
        try copy(from: headSize, turn, to: &writer, &tail)
        let kept = [
            CapturesRecord.Piece(offset: 0, bytes: headSize, digest: head.digest()),
            CapturesRecord.Piece(offset: digest.count - ring, bytes: ring, digest: tail.digest()),
        ]
        let descriptor = try writer.finish(mediaType: mediaType)
        return CapturesRecord.Stream(digest: whole, bytes: digest.count, kept: kept, file: descriptor)
    }

    private func copy(
        from start: Int64,
        _ count: Int64,
        to writer: inout BlobWriter,
        _ digest: inout StreamingDigest
    ) throws(StoreError) {
        guard let file else { return }
        var position = start
        while position < start + count {
            let piece: [UInt8]
            do throws(FileError) {
                let wanted = Int(min(1 << 18, start + count - position))
                piece = try FileContent.read(descriptor: file, at: position, count: wanted, path: temporary)
            } catch {
                throw StoreError("keep \(name)", error)
            }
            if piece.isEmpty { break }
            try writer.write(piece)
            digest.update(piece)
            position += Int64(piece.count)
        }
    }

    private func close() {
        guard let file else { return }
        _ = OwnedDescriptor(adopting: file)
        self.file = nil
        try? Folder.removeFile(temporary)
    }

    deinit { close() }
}
