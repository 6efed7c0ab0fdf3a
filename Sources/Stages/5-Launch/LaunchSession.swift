import HostFiles
import HostProcess
import JSONText
import PipelineContracts
import Runtimes

/// One started launcher, or command without one, with its pipes, in one poll loop until its end.
final class LaunchSession {
    let streams: LaunchStreams

    let request: LaunchRequest
    let prepared: PreparedLaunch
    private let found: FoundCommand?
    private let loop = EventLoop()
    private(set) var status = BubblewrapStatus()
    private(set) var end: ChildEnd?
    private(set) var survivors: [Int32] = []
    private(set) var stopped: LaunchRecord.Reason?
    private(set) var forwarder: SignalForwarder?
    private(set) var ending: LaunchEnding?
    private(set) var stall = StallWatch()
    private let startedAt: Int64
    /// Signals for the command that came before it ran.
    private var waiting: [Int32] = []
    private(set) var gate: LaunchGate?
    private(set) var container: ContainerSession?
    private var terminal: LaunchTerminal?
    /// Whether a runtime has still to hand over the terminal.
    private var awaitsTerminal = false
    private var failure: (any Error)?

    /// `found` is the command's own file, which a start without a launcher executes; `startedAt` counts the chunks' times.
    init(_ request: LaunchRequest, _ prepared: PreparedLaunch, _ found: FoundCommand?, startedAt: Int64) {
        self.request = request
        self.prepared = prepared
        self.found = found
        self.startedAt = startedAt
        streams = LaunchStreams(request, loop, startedAt: startedAt)
    }

    func run() throws {
        defer {
            request.caller.control?.detach()
            loop.close()
            streams.close()
            terminal?.close()
        }
        if request.archive.description.terminal { terminal = try LaunchTerminal(request, loop) }
        defer { gate?.close() }
        defer { takeBackFolders() }
        // To the end of the clean-up, during which none means anything: an impatient third Ctrl-C leaves nothing behind.
        let signals = request.ownsProcess ? try SignalSource() : nil
        defer {
            while let signals, (try? signals.next()) != nil {}
            signals?.close()
        }
        switch prepared.command {
        case .bubblewrap(let command, let launcher):
            let filter = try request.archive.binding.filter.map { try CompiledFilter.bytes(of: $0, in: request.store) }
            let start = try BubblewrapStart(command, launcher, filter: filter, secret: request.secretFile)
            let namespace = try prepared.ids.map { try self.namespace($0) }
            let gate = try makeGate()
            try run(signals) { [self] closing in
                streams.held = .beginning(with: "bwrap: ")
                let mappings = try streams.open(&closing, terminal)
                let report = try makePipe()
                closing.append(report.write)
                try loop.addStream(report.read, onBytes: { [self] in note($0) })
                return try start.spawn(
                    mappings,
                    status: report.write,
                    clearsGroups: request.host.identity.isRoot,
                    gate: gate,
                    leavesRest: request.ownsProcess && request.archive.binding.ownPIDs,
                    hasTerminal: terminal != nil,
                    namespace: namespace,
                    &closing
                )
            }
        case .container(let command):
            let container = try ContainerSession(command, secret: request.secretFile)
            self.container = container
            if !container.folders.isEmpty { request.onEvent(.controlGroup(container.folders)) }
            defer { container.remove(within: ending?.cleanupLimit ?? .seconds(10)) }
            try run(signals) { [self] closing in
                streams.held = .untilReleased
                awaitsTerminal = terminal != nil
                let mappings =
                    awaitsTerminal ? try streams.openForRuntime(&closing) : try streams.open(&closing, nil)
                return try container.spawn(mappings, clearsGroups: request.host.identity.isRoot)
            }
        case .direct(let command):
            try run(signals) { [self] closing in
                let mappings = try streams.open(&closing, terminal)
                return try DirectStart(command, found).spawn(mappings, hasTerminal: terminal != nil)
            }
        }
    }

    /// `start` makes the process; it appends what is to be closed once that runs.
    private func run(_ signals: SignalSource?, _ start: (inout [Int32]) throws -> ChildProcess) throws {
        var closing: [Int32] = []
        let child: ChildProcess
        do {
            defer { for descriptor in closing { _ = OwnedDescriptor(adopting: descriptor) } }
            child = try start(&closing)
        }
        request.onEvent(.started(launcher: child.processID))
        let forwarder = SignalForwarder(
            launcher: child.processID,
            commandIsChild: request.archive.commandIsChild
        )
        self.forwarder = forwarder
        let command = prepared.command.isLauncher ? nil : child.processID
        // Both are ours and call us: held by them, nobody would ever let go.
        let ending = LaunchEnding(limits, loop, forwarder) { [unowned self] in
            command ?? firstProcess
        } hasEnded: { [unowned self] in
            end != nil
        }
        self.ending = ending
        forwarder.onKill = { [unowned self] in
            self.ending?.limitWaiting()
            gate?.kill()
            container?.kill()
        }
        ending.begin(startedAt: startedAt)
        streams.onLoss = { [unowned self] in self.ending?.endEarly() }
        loop.receiveSignals(from: signals) { [self] signal in
            // The terminal tells the command itself.
            if let terminal, signal.number == SignalNumber.windowChange { return terminal.resize() }
            if forwarder.forward(signal, to: command ?? firstProcess, terminal) { return }
            waiting.append(signal.number)
            obey(command)
        }
        try loop.watch(child, group: .kill) { [self] end in
            self.end = end
            streams.hasEnded = true
            takeTerminal()
            terminal?.endInput()
            request.caller.control?.detach()
            endLeftovers()
        }
        try request.caller.control?.attach(to: loop) { [self] in obey(command) }
        if gate != nil { openGate(until: HostSystem.monotonicTime() + 10_000_000_000) }
        if container != nil { awaitContainer() }
        if !prepared.watched.isEmpty {
            _ = loop.addTimer(after: .milliseconds(100), every: .milliseconds(100)) { [self] in checkOutputSizes() }
        }
        _ = loop.addTimer(after: StallWatch.interval, every: StallWatch.interval) { [self] in checkStall(command) }
        // Most commands are done by then, and their captures never see a file of their own.
        _ = loop.addTimer(after: .milliseconds(500)) { [self] in
            if let files = streams.goLive() { request.onEvent(.captures(files.captures, frames: files.frames)) }
        }
        // What the command wrote is in the pipes when it has ended. With a PID namespace nobody in it lives on, so its
        // end of the pipes, which a dying PID 1 closes a millisecond later, is not waited for.
        // What is written on a terminal comes to its other side a moment later (tty_flip_buffer_push), so its end is.
        let endsWithLauncher = request.ownsProcess && request.archive.binding.ownPIDs && terminal == nil
        _ = try loop.run(drainLimit: endsWithLauncher ? .zero : .seconds(1))
        if let failure = gate?.failure ?? failure { throw failure }
        if status.exitCode != nil || end?.isOfFollowed == true, streams.releaseMessage() {
            _ = try? loop.run(drainLimit: .milliseconds(200))
        }
    }

    /// The sandbox's first process; nil as long as it is not known.
    private var firstProcess: Int32? { status.child ?? container?.first }

    /// Asks each millisecond whether the runtime has started the container, and from then on lets the streams pass.
    private func awaitContainer() {
        guard let container, end == nil else { return }
        let process = container.findFirst()
        // After that look: who has left the container has handed its terminal over before.
        takeTerminal()
        guard let process else {
            _ = loop.addTimer(after: .milliseconds(1)) { [self] in awaitContainer() }
            return
        }
        forwarder?.follow(process)
        // The runtime is gone: from now on its end is the launch's, and it leads the session.
        request.onEvent(.started(launcher: process))
        request.onEvent(.child(process))
        if awaitsTerminal {
            awaitsTerminal = false
            failure = LaunchError("\(container.name) started the container and handed over no terminal")
            killAll()
        }
        _ = streams.releaseMessage()
    }

    /// Takes the terminal that a runtime has made, if it has; one that never comes is not waited for.
    private func takeTerminal() {
        guard awaitsTerminal, let container, let terminal else { return }
        do {
            guard let controller = try container.takeTerminal() else { return }
            awaitsTerminal = false
            try streams.listen(toTerminal: controller, terminal)
        } catch {
            awaitsTerminal = false
            failure = error
            killAll()
        }
    }

    /// The bounds that are not missing by the caller's word.
    var limits: ResourceLimits? {
        let missing = request.archive.enforcement.controls.filter { $0.answer == .missing }.map(\.name)
        return request.archive.description.limits?.leaving(out: missing)
    }

    /// What bounds the command, told of before anything of it is on the host.
    private func makeGate() throws -> LaunchGate? {
        guard let limits, limits.bindsProcesses else { return nil }
        let hasReaper = request.archive.description.reaper && request.archive.binding.ownPIDs
        let gate = try LaunchGate(limits, added: hasReaper ? 1 : 0)
        if !gate.folders.isEmpty { request.onEvent(.controlGroup(gate.folders)) }
        self.gate = gate
        try gate.make()
        return gate
    }

    /// Asks each millisecond whether the sandbox is set up, which takes some.
    private func openGate(until deadline: Int64) {
        guard let gate, end == nil else { return }
        if let child = status.child { gate.open(for: child, at: BubblewrapCommand.gateDescriptor) }
        if gate.isOpen { return }
        if gate.failure == nil, HostSystem.monotonicTime() >= deadline { gate.giveUp() }
        if gate.failure != nil { return killAll() }
        _ = loop.addTimer(after: .milliseconds(1)) { [self] in openGate(until: deadline) }
    }

    /// Carries out what was ordered; `command` is the command's process where no launcher reports it.
    private func obey(_ command: Int32?) {
        for order in request.caller.control?.takeOrders() ?? [] {
            switch order {
            case .signal(let signal): waiting.append(signal)
            case .kill: killAll()
            case .terminate(let grace):
                waiting += [SignalNumber.terminate, SignalNumber.carryOn]
                _ = loop.addTimer(after: grace) { [self] in killAll() }
            }
        }
        while let signal = waiting.first, end == nil {
            guard forwarder?.send(signal, to: command ?? firstProcess) == true else {
                // The command's process is known some milliseconds after the launcher's.
                _ = loop.addTimer(after: .milliseconds(2)) { [self] in obey(command) }
                return
            }
            waiting.removeFirst()
        }
    }

    private func killAll() {
        // Once it has ended, its number may be another's.
        if end == nil { forwarder?.kill(for: SignalNumber.kill) }
    }

    /// Sees to it that a command's end is told; `command` as for orders.
    private func checkStall(_ command: Int32?) {
        guard end == nil, let top = command ?? firstProcess else { return }
        let process = request.archive.commandIsChild ? ProcessTable.children(of: top).first : top
        if let process, stall.look(at: process) { forwarder?.kill() }
    }

    private func note(_ report: UnsafeRawBufferPointer) {
        let before = status.child
        status.append(report)
        if let child = status.child, before == nil { request.onEvent(.child(child)) }
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

    private func checkOutputSizes() {
        for place in prepared.watched where stopped == nil && FolderSize.bytes(below: place.folder) > place.size {
            stopped = .outputLimit
            forwarder?.kill()
        }
    }
}
