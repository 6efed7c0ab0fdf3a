import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import PipelineCore

/// What the command of a launch under way has written so far, and writes on.
///
/// A launch shows its captures to others from half a second on; the frames tell what came when. Of a stream that is
/// longer than its limit the middle is gone once more came: what is gone is told of where the next bytes are shown, or
/// left for who shows the rest of the run.
package final class LiveLog {
    private let context: PipelineContext
    private let launch: RunningLaunch
    private var frames: LiveFile?
    private var streams: [String: LiveStream] = [:]
    private var reader = FrameReader()

    package init(_ launch: RunningLaunch, _ context: PipelineContext) {
        self.context = context
        self.launch = launch
    }

    /// Of the run that it will be.
    package var id: String { launch.id }
    package var name: String { launch.name }

    /// The clock of the launch, for times.
    package var clock: LaunchClock? { LaunchClock(started: launch.started) }

    /// The streams that it shows; empty before it shows any.
    package var names: [String] { ["stdout", "stderr", "combined"].filter { streams[$0] != nil } }

    /// How far each stream was shown: where the rest of it begins.
    package var ends: [String: Int64] { streams.mapValues(\.shown) }

    /// Whether the plan says that nothing is captured, so that there will never be anything to show.
    package var capturesNothing: Bool {
        guard let receipt = (try? Catalog(context.store).plan(launch.plan))?.receipts[.materialize],
            let file = try? Documents.receipt(receipt, from: context.store).file(.description),
            let description = try? Documents.read(file.digest, from: context.store)
        else { return false }
        return description["capture"]?["mode"] == "none"
    }

    /// Whether it shows its captures; looks again each time until it does.
    package func open() throws -> Bool {
        if frames != nil { return true }
        guard let now = try ReferenceSearch(context).running().first(where: { $0.id == launch.id }),
            let path = now.frames
        else { return false }
        do {
            for (name, file) in now.captures {
                streams[name] = LiveStream(try LiveFile(context.store.path(file)), limit: launch.captureLimit)
            }
            frames = try LiveFile(context.store.path(path))
        } catch {
            // It ended at this moment: the run tells the rest.
            streams = [:]
            return false
        }
        return true
    }

    /// Takes what came since the last time, and says whether anything did; what of it is asked for goes to the writer.
    package func take(_ wanted: [String], to writer: inout LogWriter) throws -> Bool {
        guard let frames else { return false }
        var tookAny = false
        while true {
            let bytes = try frames.next(1 << 18)
            if bytes.isEmpty { return tookAny }
            tookAny = true
            var chunks: [CaptureFrame] = []
            try reader.take(bytes) { chunks.append($0) }
            for chunk in chunks where wanted.contains(chunk.stream) {
                try streams[chunk.stream]?.write(chunk, to: &writer)
            }
        }
    }

    /// Whether the launch is over.
    package func isOver() throws -> Bool {
        // A lease that is being written can't be read for a moment, so one look that finds none proves nothing.
        for attempt in 0..<5 {
            if attempt > 0 { HostSystem.sleep(milliseconds: 5) }
            if try ReferenceSearch(context).running().contains(where: { $0.id == launch.id }) { return false }
        }
        return true
    }

    /// The run that it became; nil when none was kept.
    package func run() -> Reference? {
        guard case .run(let ref)? = try? ReferenceSearch(context).stored(launch.id, prefersPlan: false) else {
            return nil
        }
        return .run(ref)
    }
}

/// A file that is there as long as this is, whatever becomes of its name.
private final class LiveFile {
    private let file: OwnedDescriptor
    private var position: Int64 = 0

    init(_ path: String) throws(FileError) {
        file = try OwnedDescriptor.open(path, [.read, .noFollow, .nonBlocking])
    }

    func read(_ position: Int64, _ count: Int64) throws(FileError) -> [UInt8] {
        try FileContent.read(descriptor: file.number, at: position, count: Int(min(count, 1 << 20)))
    }

    /// What follows what this gave before, at most so many bytes.
    func next(_ count: Int64) throws(FileError) -> [UInt8] {
        let bytes = try read(position, count)
        position += Int64(bytes.count)
        return bytes
    }
}

/// A stream that is being written: the head at its place in the file, what follows in a ring behind it, and behind that
/// how far the ring is written (`StreamCapture`).
private final class LiveStream {
    private let file: LiveFile
    private let limit: Int64
    private let head: Int64
    private let ring: Int64
    /// How far it was shown; behind that are bytes that are gone, as far as frames were taken.
    private(set) var shown: Int64 = 0

    init(_ file: LiveFile, limit: Int64) {
        self.file = file
        self.limit = limit
        head = limit / 2
        ring = limit - head
    }

    /// Hands over what there still is of a frame.
    func write(_ frame: CaptureFrame, to writer: inout LogWriter) throws {
        let end = frame.offset + frame.length
        var position = frame.offset
        while position < end {
            let (start, bytes) = try read(position, end)
            position = start
            guard !bytes.isEmpty else { continue }
            if position > shown { try writer.skip(position - shown, of: frame) }
            try writer.take(bytes, of: frame)
            position += Int64(bytes.count)
            shown = position
        }
    }

    /// At least one byte from a place on, or none and the next place of which there may be any.
    private func read(_ position: Int64, _ end: Int64) throws -> (start: Int64, bytes: [UInt8]) {
        if position < head {
            let bytes = try file.read(position, min(head, end) - position)
            guard !bytes.isEmpty else { throw PipelineError("what was captured is shorter than its frames say") }
            return (position, bytes)
        }
        guard ring > 0 else { return (end, []) }
        let place = (position - head) % ring
        let bytes = try file.read(head + place, min(ring - place, end - position))
        // Looked at after reading: what is written over from now on was whole then.
        let first = try written() - ring
        return first > position ? (min(first, end), []) : (position, bytes)
    }

    /// How much of the stream was written, or is about to be; 0 as long as nothing was written over.
    private func written() throws(FileError) -> Int64 {
        let bytes = try file.read(limit, 8)
        return bytes.count < 8 ? 0 : Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}
