#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EventLoop {
    /// Runs until a handler stops it, or until nothing is left that can end: no child, no stream, no unwritten output.
    ///
    /// Timers and signals alone don't keep it going. It may be called again, and goes on where it was. `drainLimit` is
    /// how long after the end of the last watched child a stream may stay open. Then what is in it is read, up to 1 MiB,
    /// and it is closed: left-over processes hold it, and may do so for ever. Throws when poll(2) or waiting fails, or
    /// when it is running already.
    package func run(drainLimit: Duration = .seconds(1)) throws(ProcessError) -> LoopOutcome {
        guard !isRunning else {
            throw ProcessError(code: .invalidRequest, operation: "run event loop", message: "it is running already")
        }
        isRunning = true
        stopRequested = false
        abandoned = []
        defer { isRunning = false }
        while true {
            fireTimers()
            if stopRequested { break }
            abandonIfDue()
            streams.removeAll { !$0.isOpen }
            if stopRequested || isIdle { break }
            try handleReady(drainLimit)
            if stopRequested { break }
        }
        return LoopOutcome(
            wasStopped: stopRequested,
            abandoned: abandoned,
            unwrittenBytes: outputs.reduce(0) { $0 + $1.pendingCount }
        )
    }

    private var isIdle: Bool { children.isEmpty && streams.isEmpty && !outputs.contains { $0.hasPending } }

    private func fireTimers() {
        // A timer that is set for now by a handler waits for the next round.
        let now = Monotonic.now()
        while !stopRequested, let handler = timers.takeDue(at: now) { handler() }
    }

    private func abandonIfDue() {
        guard let deadline = drainDeadline, children.isEmpty, Monotonic.now() >= deadline else { return }
        drainDeadline = nil
        for stream in streams where stream.isOpen {
            read(stream, most: LoopLimit.finalReads, heedingRelay: false)
            if !stream.isOpen { continue }
            abandoned.append(stream.id)
            stream.finish(.abandoned)
        }
    }

    private enum Source {
        case signals(SignalSource)
        case child(Int32)
        case stream(LoopStream)
        case output(LoopOutput)
    }

    private func handleReady(_ drainLimit: Duration) throws(ProcessError) {
        var entries: [pollfd] = []
        var sources: [Source] = []
        func add(_ descriptor: Int32, _ events: Int32, _ source: Source) {
            entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
            sources.append(source)
        }
        if let source = signals?.source, source.descriptor >= 0 { add(source.descriptor, POLLIN, .signals(source)) }
        for child in children { add(child.descriptor, POLLIN, .child(child.descriptor)) }
        for stream in streams where !stream.isHeldBack { add(stream.descriptor, POLLIN, .stream(stream)) }
        for output in outputs where output.hasPending { add(output.pollDescriptor, POLLOUT, .output(output)) }

        let deadline = [timers.nextDeadline, drainDeadline].lazy.compactMap { $0 }.min()
        let count = unsafe poll(&entries, nfds_t(entries.count), Monotonic.pollTimeout(until: deadline))
        if count < 0, errno != EINTR { throw ProcessError("poll", errno: errno) }
        if count <= 0 { return }
        for (entry, source) in zip(entries, sources) where entry.revents != 0 {
            switch source {
            case .signals(let source): try takeSignals(source)
            case .child(let descriptor): try takeEnd(descriptor, drainLimit)
            case .stream(let stream): read(stream, most: LoopLimit.reads, heedingRelay: true)
            case .output(let output): output.writePending()
            }
            if stopRequested { return }
        }
    }

    private func takeSignals(_ source: SignalSource) throws(ProcessError) {
        while !stopRequested, let signal = try source.next() { signals?.handler(signal) }
    }

    private func takeEnd(_ descriptor: Int32, _ drainLimit: Duration) throws(ProcessError) {
        guard let index = children.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        let child = children[index]
        guard let end = try child.takeEnd() else { return }
        children.remove(at: index)
        _ = closeDescriptor(descriptor)
        child.onEnd(end)
        if children.isEmpty {
            drainDeadline = Monotonic.now() + Monotonic.nanoseconds(drainsAtOnce ? .zero : drainLimit)
        }
    }

    private func read(_ stream: LoopStream, most: Int, heedingRelay: Bool) {
        for _ in 0..<most {
            if !stream.isOpen || stopRequested && heedingRelay { return }
            guard case .bytes = unsafe stream.readOnce(into: buffer) else { return }
            if stream.sharing == .shared || heedingRelay && stream.isHeldBack { return }
        }
    }
}

/// How often a stream is read, by 64 KiB, before others have their turn.
enum LoopLimit {
    static let reads = 8
    /// 1 MiB: what a pipe holds at most without privileges (pipe(7), pipe-max-size).
    static let finalReads = 16
}
