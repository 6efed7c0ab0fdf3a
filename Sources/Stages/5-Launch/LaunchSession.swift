import HostFiles
import HostProcess
import PipelineContracts
import Runtimes
import SeccompFilter

/// One started launcher with its pipes, in one poll loop until its end.
final class LaunchSession {
    let captures: [StreamCapture]
    let frames: FrameLog?

    private let request: LaunchRequest
    private let prepared: PreparedLaunch
    private let startedAt: Int64
    private let loop = EventLoop()
    private var status = BubblewrapStatus()
    private var end: ChildEnd?
    private var survivors: [Int32] = []
    private var held: LauncherMessage?
    private var stopped: LaunchRecord.Reason?
    private var forwarder: SignalForwarder?

    init(_ request: LaunchRequest, _ prepared: PreparedLaunch, startedAt: Int64) throws {
        self.request = request
        self.prepared = prepared
        self.startedAt = startedAt
        let rule = request.archive.description.capture
        captures = Launch.emptyStreams(rule, request)
        frames = rule.mode == .none ? nil : FrameLog(store: request.store)
    }

    func run() throws {
        defer { loop.close() }
        let launcher = try OwnedDescriptor.open(request.launcher.path, [.pathOnly, .noFollow])
        let opened = try FileStatus.of(descriptor: launcher.number, path: request.launcher.path)
        guard request.launcher.fingerprint == FoundLauncher.fingerprint(opened) else {
            throw LaunchError("launcher \(request.launcher.path) changed since it was looked at", hint: "try again")
        }
        let signals = request.ownsProcess ? try SignalSource() : nil
        defer { signals?.close() }
        let child = try start(launcher.number)
        let forwarder = SignalForwarder(
            launcher: child.processID,
            hasOwnPIDs: request.archive.binding.ownPIDs,
            hasReaper: request.archive.description.reaper
        )
        self.forwarder = forwarder
        loop.receiveSignals(from: signals) { [self] signal in forwarder.forward(signal, to: status.child) }
        try loop.watch(child, group: .kill) { [self] end in
            self.end = end
            endLeftovers()
        }
        if !prepared.watched.isEmpty {
            _ = loop.addTimer(after: .milliseconds(100), every: .milliseconds(100)) { [self] in checkOutputSizes() }
        }
        // What the command wrote is in the pipes when it has ended. With a PID namespace nobody in it lives on, so its
        // end of the pipes, which a dying PID 1 closes a millisecond later, is not waited for.
        let endsWithLauncher = request.ownsProcess && request.archive.binding.ownPIDs
        _ = try loop.run(drainLimit: endsWithLauncher ? .zero : .seconds(1))
        release()
    }

    /// Ends what is left of the sandbox, which came to this process as the subreaper, before the pipes are drained.
    ///
    /// With a PID namespace, KILL to its PID 1 is the end of all in it, and nothing has to wait for that but outputs:
    /// taking the namespaces apart costs the kernel milliseconds, and whoever inherits the dead PID 1 reaps it, as for
    /// bubblewrap by itself.
    private func endLeftovers() {
        guard request.ownsProcess else { return }
        if request.archive.binding.ownPIDs, request.archive.description.outputs.isEmpty {
            for process in Subreaper.adoptedChildren() {
                _ = try? ProcessHandle(opening: process).send(signal: SignalNumber.kill)
            }
        } else {
            survivors = (try? Subreaper.endAll(within: .seconds(1))) ?? []
        }
    }

    private func start(_ launcher: Int32) throws -> ChildProcess {
        let rule = request.archive.description.capture
        let output = try makePipe()
        let statusPipe = try makePipe()
        var closing = [output.write, statusPipe.write]
        defer { for descriptor in closing { _ = OwnedDescriptor(adopting: descriptor) } }
        var mappings = [try standardInput(&closing), DescriptorMapping(child: 1, parent: output.write)]
        try listen(output.read, name: rule.mode == .combined ? "combined" : "stdout", to: request.standardOutput)
        if rule.mode == .combined {
            mappings.append(DescriptorMapping(child: 2, parent: output.write))
        } else {
            let error = try makePipe()
            closing.append(error.write)
            mappings.append(DescriptorMapping(child: 2, parent: error.write))
            try listen(error.read, name: "stderr", to: request.standardError)
        }
        try loop.addStream(statusPipe.read, onBytes: { [self] in status.append($0) })
        mappings.append(DescriptorMapping(child: BubblewrapCommand.statusDescriptor, parent: statusPipe.write))

        var texts: [Int32] = []
        for (index, file) in prepared.command.texts.enumerated() {
            let memory = try memoryFile(named: "sbxpipe-text", bytes: Array(file.text.utf8))
            closing.append(memory)
            texts.append(BubblewrapCommand.textDescriptor(index))
            mappings.append(DescriptorMapping(child: BubblewrapCommand.textDescriptor(index), parent: memory))
        }
        let extra = prepared.command.extraArguments(textDescriptors: texts)
        let arguments = try memoryFile(named: "sbxpipe-args", bytes: extra.flatMap { Array($0.utf8) + [0] })
        closing.append(arguments)
        mappings.append(DescriptorMapping(child: BubblewrapCommand.argumentDescriptor, parent: arguments))
        if prepared.command.hasFilter {
            let filter = try makePipe()
            closing.append(filter.read)
            // A compiled filter has a few hundred bytes, a pipe takes 64 KiB.
            let end = OwnedDescriptor(adopting: filter.write)
            try UserNamespaceGuard.write(to: end.number)
            mappings.append(DescriptorMapping(child: BubblewrapCommand.filterDescriptor, parent: filter.read))
        }
        return try spawn(
            SpawnRequest(
                executable: launcher,
                arguments: prepared.command.arguments(extraFrom: BubblewrapCommand.argumentDescriptor),
                descriptors: mappings,
                fileCreationMask: 0o022,
                newSession: true,
                clearSupplementaryGroups: request.host.identity.isRoot,
                killOnParentDeath: true
            )
        )
    }

    private func standardInput(_ closing: inout [Int32]) throws -> DescriptorMapping {
        switch request.archive.description.stdin {
        case .null: return .null(child: 0)
        case .inherit: return DescriptorMapping(child: 0, parent: 0)
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
    ///
    /// What the launcher itself says on stderr when it fails is kept back: it becomes the failure's message.
    private func listen(_ descriptor: Int32, name: String, to target: Int32?) throws {
        let output = target.map { loop.addOutput($0) }
        let capture = captures.first { $0.name == name }
        let carriesErrors = name != "stdout"
        let message = carriesErrors ? LauncherMessage() : nil
        let stream = StreamReference()
        stream.id = try loop.addStream(
            descriptor,
            relay: carriesErrors ? nil : output,
            onBytes: { [self] bytes in
                if let message, message.isOpen, let id = stream.id {
                    if message.holds(bytes) {
                        _ = loop.addTimer(after: .milliseconds(100)) { [self] in
                            if end == nil { pass(message, id, output, capture, name) }
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
        held = message ?? held
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, _ capture: StreamCapture?, _ name: String) {
        guard let capture else { return }
        let seconds = Double(HostSystem.monotonicTime() - startedAt) / 1e9
        frames?.note(seconds: seconds, stream: name, offset: capture.count, length: bytes.count)
        capture.append(bytes)
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

    /// After the end: what was held is the command's if the command ran.
    private func release() {
        guard let held, held.isOpen, status.exitCode != nil else { return }
        held.onRelease?()
        _ = try? loop.run(drainLimit: .milliseconds(200))
    }

    private func checkOutputSizes() {
        for place in prepared.watched where stopped == nil && FolderSize.bytes(below: place.folder) > place.size {
            stopped = .outputLimit
            forwarder?.kill()
        }
    }

    /// Works out how it ended.
    func fill(_ record: inout LaunchRecord) {
        guard let end else { return }
        record.user = end.userSeconds
        record.system = end.systemSeconds
        record.maxRSS = end.maximumResidentBytes
        record.survivors = survivors.isEmpty ? .none : .processes(survivors)
        if !request.ownsProcess, !request.archive.binding.ownPIDs { record.survivors = .unknown }
        LaunchEnd(
            end: end.status,
            exitCode: status.exitCode,
            message: held.flatMap { $0.isOpen ? $0.close() : nil } ?? [],
            killedBySignal: forwarder?.killedWith,
            stopped: stopped
        ).fill(&record)
    }
}

/// The number of a stream, for handlers that are made before it is known.
private final class StreamReference {
    var id: StreamID?
}
