package import ArtifactStore
package import ContentAddressing
import PipelineContracts

/// `frames.jsonl`: when each chunk came, so that separate streams can be shown in their order.
///
/// A log of more than four MiB goes on by one line a stream and second, or a command that writes byte by byte would make
/// it grow far past what is kept of the streams.
package final class FrameLog {
    private let store: Store
    private var memory: [UInt8] = []
    private var writer: FrameFile?
    private var failure: StoreError?
    private var isLive = false
    private var size = 0
    /// Chunks that one line will stand for.
    private var joined: [Frame] = []
    /// Whether it could not be written; nothing more of it is kept then.
    var hasFailed: Bool { failure != nil }

    package init(store: Store) { self.store = store }

    private struct Frame {
        let seconds: Double
        let stream: String
        let offset: Int64
        var length: Int
    }

    private static let fineSize = 4 << 20

    /// Notes a chunk; `seconds` since the start.
    package func note(seconds: Double, stream: String, offset: Int64, length: Int) {
        let frame = Frame(seconds: seconds, stream: stream, offset: offset, length: length)
        guard size >= Self.fineSize else { return write(frame) }
        if let first = joined.first, seconds - first.seconds >= 1 { writeJoined() }
        if let index = joined.firstIndex(where: { $0.stream == stream }) {
            joined[index].length += length
        } else {
            joined.append(frame)
        }
    }

    private func writeJoined() {
        let frames = joined
        joined = []
        for frame in frames { write(frame) }
    }

    private func write(_ frame: Frame) {
        let time = (frame.seconds * 1e6).rounded() / 1e6
        let place = "{\"length\":\(frame.length),\"offset\":\(frame.offset),"
        append(Array((place + "\"seconds\":\(time),\"stream\":\"\(frame.stream)\"}\n").utf8))
    }

    /// Appends a line, with its end.
    func append(_ line: [UInt8]) {
        guard failure == nil else { return }
        size += line.count
        memory.append(contentsOf: line)
        if isLive || memory.count > 1 << 16 { flush() }
    }

    /// Goes to its file from now on, line by line; the path, or nil when there can be no file.
    func goLive() -> String? {
        isLive = true
        flush()
        return writer?.path
    }

    private func flush() {
        guard failure == nil else { return }
        do throws(StoreError) {
            let file: FrameFile
            if let writer { file = writer } else { file = try FrameFile(store) }
            writer = file
            try file.write(memory)
            memory.removeAll(keepingCapacity: true)
        } catch {
            failure = error
        }
    }

    /// Publishes the log.
    package func finish(mediaType: String = ArtefactKind.frames.mediaType) throws(StoreError) -> Descriptor {
        writeJoined()
        if let failure { throw failure }
        guard let writer else { return try store.put(memory, mediaType: mediaType) }
        try writer.write(memory)
        return try writer.finish(mediaType: mediaType)
    }
}

/// A blob writer that a class can hold.
private final class FrameFile {
    private var writer: BlobWriter?
    let path: String

    init(_ store: Store) throws(StoreError) {
        let opened = try BlobWriter(in: store)
        path = opened.path
        writer = consume opened
    }

    func write(_ bytes: [UInt8]) throws(StoreError) { try writer?.write(bytes) }

    func finish(mediaType: String) throws(StoreError) -> Descriptor {
        guard let writer = writer.take() else { throw StoreError(.missing, "store: frames are finished already") }
        return try writer.finish(mediaType: mediaType)
    }
}
