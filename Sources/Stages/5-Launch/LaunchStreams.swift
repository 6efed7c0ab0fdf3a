import HostFiles
import HostProcess
import PipelineContracts
import Secrets

/// A launch's stdin, stdout and stderr: captured, and passed on to the caller's.
final class LaunchStreams {
    let captures: [StreamCapture]
    let frames: FrameLog?
    /// What a terminal showed; nil without one, or without a capture.
    private(set) var cast: CastLog?
    /// Looks for the values of secrets in what is captured; nil where there are none.
    let search: SecretSearch?
    /// What of stderr is kept back, as the launcher's own words may be the failure's message; nil for nothing.
    var held: LauncherMessage.Rule?
    /// Whether the launcher is gone, and with it any doubt whose words the held ones are.
    var hasEnded = false

    /// Told once when what the command writes can be kept no longer: the run is lost.
    var onLoss: (() -> Void)?
    private var hasLost = false

    /// The errno of each stream of the caller's that could not be written on, by name; a reader that went away is none.
    private(set) var failures: [String: Int32] = [:]

    private let request: LaunchRequest
    private let loop: EventLoop
    private let startedAt: Int64
    private var message: LauncherMessage?

    init(_ request: LaunchRequest, _ loop: EventLoop, startedAt: Int64) {
        self.request = request
        self.loop = loop
        self.startedAt = startedAt
        search = SecretSearch(request.secrets)
        let rule = request.archive.description.capture
        captures = Launch.emptyStreams(rule, request)
        frames = rule.mode == .none ? nil : FrameLog(store: request.store)
    }

    /// Makes the child's descriptors 0 to 2 and listens to them; appends what is to be closed once the child has them.
    func open(_ closing: inout [Int32], _ terminal: LaunchTerminal?) throws -> [DescriptorMapping] {
        if let terminal {
            let sides = try terminal.make()
            closing.append(sides.terminal)
            try listen(toTerminal: sides.controller, terminal)
            return (0...2).map { DescriptorMapping(child: $0, parent: sides.terminal) }
        }
        let isCombined = request.archive.description.capture.mode == .combined
        let output = try makePipe()
        closing.append(output.write)
        var mappings = [try standardInput(&closing), DescriptorMapping(child: 1, parent: output.write)]
        try listen(output.read, name: isCombined ? "combined" : "stdout", to: request.caller.standardOutput)
        if isCombined {
            mappings.append(DescriptorMapping(child: 2, parent: try secondEnd(output.write, &closing)))
        } else {
            let error = try makePipe()
            closing.append(error.write)
            mappings.append(DescriptorMapping(child: 2, parent: error.write))
            try listen(error.read, name: "stderr", to: request.caller.standardError)
        }
        return mappings
    }

    /// Makes descriptors 0 to 2 of a runtime that makes the command's terminal itself: what it says are its own words.
    func openForRuntime(_ closing: inout [Int32]) throws -> [DescriptorMapping] {
        let words = try makePipe()
        closing.append(words.write)
        try listen(words.read, name: Self.runtimesWords, to: nil)
        return [.null(child: 0), .null(child: 1), DescriptorMapping(child: 2, parent: words.write)]
    }

    private static let runtimesWords = "runtime"

    /// Captures what the command's terminal shows, whose controlling side is this one's from now on, and passes it on; joins
    /// the caller's terminal to it.
    func listen(toTerminal controller: Int32, _ terminal: LaunchTerminal) throws {
        let owned = OwnedDescriptor(adopting: controller)
        guard request.caller.onTerminal == nil else { return try terminal.join(owned.number) }
        if frames != nil {
            cast = CastLog(
                store: request.store,
                size: terminal.size,
                time: request.started / 1_000_000_000,
                term: request.archive.environment.variables.first { $0.name == "TERM" }?.value,
                limit: request.archive.description.capture.limit
            )
            terminal.onSize = { [self] size in cast?.note(size, seconds: seconds) }
        }
        let number = owned.release()
        try listen(number, name: "combined", to: request.caller.standardOutput)
        // By now it does not block.
        try terminal.join(number)
    }

    private var seconds: Double { Double(HostSystem.monotonicTime() - startedAt) / 1e9 }

    /// The end of the one pipe that is stderr.
    ///
    /// gVisor makes a stream that it takes over non-blocking, and takes one that is so already for the command's wish: what
    /// would wait then fails with EAGAIN (tried, 20221219). So there stderr is opened anew.
    private func secondEnd(_ end: Int32, _ closing: inout [Int32]) throws(FileError) -> Int32 {
        guard request.runtime.platform != nil else { return end }
        let other = try OwnedDescriptor.open("/proc/self/fd/\(end)", [.write]).release()
        closing.append(other)
        return other
    }

    /// EPIPE, which is the same number everywhere.
    private static let brokenPipe: Int32 = 32

    private func standardInput(_ closing: inout [Int32]) throws -> DescriptorMapping {
        switch request.archive.description.stdin {
        case .null: return .null(child: 0)
        case .inherit: return request.caller.standardInput.map { .init(child: 0, parent: $0) } ?? .null(child: 0)
        case .file:
            guard let file = request.stdinFile else { return .null(child: 0) }
            return DescriptorMapping(child: 0, parent: file)
        case .text(let text):
            let memory = try memoryFile(named: "sbxpipe-stdin", bytes: Array(text.utf8))
            closing.append(memory)
            return DescriptorMapping(child: 0, parent: memory)
        }
    }

    /// Captures a stream and passes it on.
    private func listen(_ descriptor: Int32, name: String, to target: Int32?) throws {
        let output = target.map { target in
            loop.addOutput(target) { [self] number in if number != Self.brokenPipe { failures[name] = number } }
        }
        let capture = captures.first { $0.name == name }
        let message = name == "stdout" ? nil : held.map(LauncherMessage.init)
        let stream = StreamReference()
        stream.id = try loop.addStream(
            descriptor,
            relay: message == nil ? output : nil,
            onBytes: { [self] bytes in
                if let message, message.isOpen, let id = stream.id {
                    if message.holds(bytes) {
                        guard let limit = message.limit else { return }
                        _ = loop.addTimer(after: limit) { [self] in
                            if !hasEnded { pass(message, id, output, capture, name) }
                        }
                        return
                    }
                    pass(message, id, output, capture, name)
                    if let output { loop.send(bytes, to: output) }
                }
                keep(bytes, capture, name)
            }
        )
        if let message { message.onRelease = { [self] in stream.id.map { pass(message, $0, output, capture, name) } } }
        self.message = message ?? self.message
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, _ capture: StreamCapture?, _ name: String) {
        guard name != Self.runtimesWords else { return }
        request.caller.onOutput?(name, bytes)
        guard let capture else { return }
        let seconds = seconds
        let offset = capture.count
        // Bytes first: who follows the frames finds what they name.
        capture.append(bytes)
        search?.scan(bytes, in: name)
        frames?.note(seconds: seconds, stream: name, offset: offset, length: bytes.count)
        cast?.note(bytes, seconds: seconds)
        if !hasLost, capture.failure != nil || frames?.hasFailed == true {
            hasLost = true
            onLoss?()
        }
    }

    /// From now on all that is captured goes to files at once, for those who follow: their paths by stream, and that of
    /// the frames; nil where there are none.
    func goLive() -> (captures: [String: String], frames: String)? {
        guard let frames = frames?.goLive() else { return nil }
        return (Dictionary(uniqueKeysWithValues: captures.map { ($0.name, $0.goLive()) }), frames)
    }

    /// Treats what was held as the command's, and from now on passes the stream on as it comes.
    private func pass(
        _ message: LauncherMessage,
        _ stream: StreamID,
        _ output: OutputID?,
        _ capture: StreamCapture?,
        _ name: String
    ) {
        guard message.isOpen else { return }
        message.close().withUnsafeBytes { bytes in
            guard !bytes.isEmpty else { return }
            keep(bytes, capture, name)
            if let output { loop.send(bytes, to: output) }
        }
        loop.setRelay(of: stream, to: output)
    }

    /// Passes on what is held, which is the command's if the command ran; true when the loop has more to write.
    func releaseMessage() -> Bool {
        guard let message, message.isOpen else { return false }
        message.onRelease?()
        return true
    }

    /// Lets go of what the handlers hold of each other; to be called when the loop is closed.
    func close() {
        message?.onRelease = nil
        onLoss = nil
    }

    /// What is held, as the launcher's last words.
    func takeMessage() -> [UInt8] { message.flatMap { $0.isOpen ? $0.close() : nil } ?? [] }
}

/// The number of a stream, for handlers that are made before it is known.
private final class StreamReference {
    var id: StreamID?
}
