package import ArtifactStore
package import ContentAddressing
import PipelineContracts

/// `frames.jsonl`: when each chunk came, so that separate streams can be shown in their order.
package final class FrameLog {
    private let store: Store
    private var memory: [UInt8] = []
    private var writer: FrameFile?
    private var failure: StoreError?
    private var isLive = false

    package init(store: Store) { self.store = store }

    /// Notes a chunk; `seconds` since the start.
    package func note(seconds: Double, stream: String, offset: Int64, length: Int) {
        let time = (seconds * 1e6).rounded() / 1e6
        let line = "{\"length\":\(length),\"offset\":\(offset),\"seconds\":\(time),\"stream\":\"\(stream)\"}\n"
        append(Array(line.utf8))
    }

    /// Appends a line, with its end.
    func append(_ line: [UInt8]) {
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
