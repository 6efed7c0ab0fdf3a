import ArtifactStore
import HostFiles
import PipelineContracts

/// What the command of a launch under way has written so far, and writes on.
///
/// A launch shows its captures to others from half a second on; the frames tell what came when.
package final class LiveLog {
    private let context: PipelineContext
    private let launch: RunningLaunch
    private var frames: Source?
    private var streams: [String: Source] = [:]
    private var reader = FrameReader()
    private var ends: [String: Int64] = [:]
    /// Frames taken so far.
    package private(set) var count = 0

    /// A file that is there as long as this is, whatever becomes of its name.
    private final class Source {
        let file: OwnedDescriptor
        var position: Int64 = 0

        init(_ path: String) throws(FileError) {
            file = try OwnedDescriptor.open(path, [.read, .noFollow, .nonBlocking])
        }

        func read(_ position: Int64, _ count: Int) throws(FileError) -> [UInt8] {
            try FileContent.read(descriptor: file.number, at: position, count: count)
        }
    }

    package init(_ launch: RunningLaunch, _ context: PipelineContext) {
        self.context = context
        self.launch = launch
    }

    /// The clock of the launch, for times.
    package var clock: LaunchClock? { LaunchClock(started: launch.started) }

    /// The streams that it shows; empty before it shows any.
    package var names: [String] { ["stdout", "stderr", "combined"].filter { streams[$0] != nil } }

    /// Whether it shows its captures; looks again each time until it does.
    package func open() throws -> Bool {
        if frames != nil { return true }
        guard let now = try ReferenceSearch(context).running().first(where: { $0.id == launch.id }),
            let path = now.frames
        else { return false }
        do {
            for (name, file) in now.captures { streams[name] = try Source(context.store.path(file)) }
            frames = try Source(context.store.path(path))
        } catch {
            // It ended at this moment: the run tells the rest.
            streams = [:]
            return false
        }
        return true
    }

    /// Takes what came since the last time; what of it is asked for goes to the writer.
    package func take(_ wanted: [String], to writer: inout LogWriter) throws {
        guard let frames else { return }
        while true {
            let bytes = try frames.read(frames.position, 1 << 18)
            if bytes.isEmpty { return }
            frames.position += Int64(bytes.count)
            var chunks: [CaptureFrame] = []
            try reader.take(bytes) { chunks.append($0) }
            for chunk in chunks { ends[chunk.stream] = chunk.offset + chunk.length }
            for chunk in chunks {
                count += 1
                if wanted.contains(chunk.stream) { try write(chunk, to: &writer) }
            }
        }
    }

    /// The head lies at its place in the file, what follows in a ring behind it (``StreamCapture``).
    private func write(_ frame: CaptureFrame, to writer: inout LogWriter) throws {
        guard let source = streams[frame.stream] else { return }
        let head = launch.captureLimit / 2
        let ring = launch.captureLimit - head
        var position = frame.offset
        let end = frame.offset + frame.length
        while position < end {
            let (place, room): (Int64, Int64)
            if position < head {
                (place, room) = (position, head - position)
            } else {
                // Written over by what came since.
                guard ring > 0, (ends[frame.stream] ?? 0) - position <= ring else {
                    return try writer.skip(end - position, of: frame)
                }
                let inRing = (position - head) % ring
                (place, room) = (head + inRing, ring - inRing)
            }
            let bytes = try source.read(place, Int(min(room, end - position)))
            guard !bytes.isEmpty else { throw PipelineError("\(frame.stream) is shorter than its frames say") }
            try writer.take(bytes, of: frame)
            position += Int64(bytes.count)
        }
    }

    /// Whether the launch is over.
    package func isOver() throws -> Bool {
        try !ReferenceSearch(context).running().contains { $0.id == launch.id }
    }

    /// The run that it became; nil when none was kept.
    package func run() throws -> Reference? {
        guard case .run(let ref)? = try? ReferenceSearch(context).find(launch.id, prefersPlan: false) else { return nil }
        return .run(ref)
    }
}
