import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts

/// Passes what an earlier launch wrote on to the caller's streams, in the order in which it came.
struct CapturedReplay {
    private let files: [String: Descriptor]
    private let captures: JSONValue
    private let store: Store
    private let caller: LaunchCaller

    /// `files` are those of the launch by name, which have been checked; `captures` is its `captures.json`.
    init(_ files: [String: Descriptor], _ captures: JSONValue, _ store: Store, _ caller: LaunchCaller) {
        self.files = files
        self.captures = captures
        self.store = store
        self.caller = caller
    }

    /// Writes all, and gives notes on what the caller's streams did not take.
    func run() throws -> [String] {
        var streams: [String: CapturedStream] = [:]
        for name in ["stdout", "stderr", "combined"] {
            guard let entry = captures[name], try entry.integer("bytes") > 0, let file = files[name] else { continue }
            let handle = try OwnedDescriptor.open(store.path(of: file.digest), [.read, .noFollow])
            streams[name] = try CapturedStream(name, entry, file: handle)
        }
        var lost: [String: FileError] = [:]
        var writer = LogWriter(clock: nil) { piece in
            guard lost[piece.stream] == nil, piece.missing == 0 else { return }
            piece.bytes.withUnsafeBytes { caller.onOutput?(piece.stream, $0) }
            let target = piece.stream == "stderr" ? caller.standardError : caller.standardOutput
            guard let target else { return }
            do { try FileContent.write(piece.bytes, to: target, path: piece.stream) } catch let error as FileError {
                lost[piece.stream] = error
            }
        }
        if streams.count < 2 {
            for stream in streams.values { try stream.write(stream.whole, to: &writer) }
        } else if let frames = files[ArtefactKind.frames.file] {
            var reader = FrameReader()
            try reader.take(try store.read(frames.digest, limit: Int(frames.size))) { frame in
                try streams[frame.stream]?.write(frame, to: &writer)
            }
        }
        try writer.finish()
        // EPIPE: who reads no more need not be told.
        return lost.filter { $0.value.code != .other(32) }.sorted { $0.key < $1.key }.map { name, error in
            "\(name) could not be passed on whole: \(error.reason); the capture has it"
        }
    }
}
