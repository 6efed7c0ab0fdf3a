internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One poll(2) loop over children, streams, outputs, signals and timers.
///
/// Synchronous, and on one thread: handlers are called by ``run(drainLimit:)``, one after the other, and may add and
/// remove anything, or ``stop()``. Nothing in it blocks but the handlers themselves. Each round takes signals, then
/// children, then a bounded number of reads of each stream, so a flood on one stream holds up nothing else. Memory is
/// bounded: bytes that an output doesn't take stay in the pipe that they come from.
///
/// A handler that refers to the loop keeps it alive until ``close()``.
@safe package final class EventLoop {
    var streams: [LoopStream] = []
    var outputs: [LoopOutput] = []
    var children: [LoopChild] = []
    var timers = LoopTimers()
    var signals: (source: SignalSource, handler: (ReceivedSignal) -> Void)?
    var isRunning = false
    var stopRequested = false
    /// When streams are abandoned: set by the end of the last child, in nanoseconds of the monotonic clock.
    var drainDeadline: UInt64?
    var abandoned: [StreamID] = []
    /// Whether nothing more is expected in the streams after the end of the last child, such as when all was killed: what
    /// is in them then is read, and they are closed.
    package var drainsAtOnce = false
    let buffer: UnsafeMutableRawBufferPointer
    private var lastNumber = 0

    package init() { unsafe buffer = .allocate(byteCount: 64 * 1024, alignment: 16) }

    deinit {
        close()
        unsafe buffer.deallocate()
    }

    /// Reads a descriptor, which the loop owns from here on, also on failure, until its end.
    ///
    /// `relay` is an output that gets each chunk too; while it is full, nothing is read from this stream. `onBytes` gets
    /// chunks of at most 64 KiB, valid during the call only. `onEnd` is called once, when the descriptor is closed.
    @discardableResult
    package func addStream(
        _ descriptor: Int32,
        sharing: StreamSharing = .exclusive,
        relay: OutputID? = nil,
        onBytes: @escaping (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping (StreamEnd) -> Void = { _ in }
    ) throws(ProcessError) -> StreamID {
        let id = StreamID(number: nextNumber())
        let output = relay.flatMap { relay in outputs.first { $0.id == relay } }
        let stream = unsafe LoopStream(
            id: id,
            descriptor: descriptor,
            sharing: sharing,
            relay: output,
            onBytes: onBytes,
            onEnd: onEnd
        )
        if sharing == .exclusive { _ = try checked("make stream non-blocking", sbx_set_non_blocking(descriptor)) }
        streams.append(stream)
        return id
    }

    /// From the next chunk on, hands a stream's bytes to an output as well; nil to none.
    package func setRelay(of stream: StreamID, to output: OutputID?) {
        streams.first { $0.id == stream }?.relay = output.flatMap { wanted in outputs.first { $0.id == wanted } }
    }

    /// Closes a stream, whose end handler gets `removed`.
    package func removeStream(_ id: StreamID) { streams.first { $0.id == id }?.finish(.removed) }

    /// Writes to a descriptor that stays the caller's and has to stay open as long as the loop is.
    ///
    /// Its flags are left alone; pipes and terminals are opened anew by `/proc` where that can be done, else written in
    /// small pieces. The process has to ignore SIGPIPE. After a failure, told once as an errno, its bytes are dropped
    /// and the streams go on.
    package func addOutput(_ descriptor: Int32, onFailure: @escaping (Int32) -> Void = { _ in }) -> OutputID {
        let id = OutputID(number: nextNumber())
        outputs.append(LoopOutput(id: id, descriptor: descriptor, onFailure: onFailure))
        return id
    }

    /// Queues bytes for an output; what does not fit now is kept in memory.
    package func send(_ bytes: UnsafeRawBufferPointer, to id: OutputID) {
        unsafe outputs.first { $0.id == id }?.send(bytes)
    }

    /// Waits for a child and reaps it; the caller keeps the value for sending signals.
    ///
    /// `group` says what happens to its group just before it is reaped. `onEnd` may watch another child, which keeps the
    /// loop going.
    package func watch(
        _ child: borrowing ChildProcess,
        group: GroupEnd = .leave,
        onEnd: @escaping (ChildEnd) -> Void
    ) throws(ProcessError) {
        let descriptor = try child.duplicateEndDescriptor()
        let waiter = child.waiter
        children.append(
            LoopChild(processID: child.processID, waiter: waiter, descriptor: descriptor, group: group, onEnd: onEnd)
        )
        drainDeadline = nil
    }

    /// Takes signals from a source, of which the loop has one at most; nil takes none.
    package func receiveSignals(from source: SignalSource?, handler: @escaping (ReceivedSignal) -> Void = { _ in }) {
        signals = source.map { ($0, handler) }
    }

    /// Calls a handler after a time, and then every `interval` if there is one (at least 1 ms).
    @discardableResult
    package func addTimer(
        after delay: Duration,
        every interval: Duration? = nil,
        handler: @escaping () -> Void
    ) -> TimerID {
        let id = TimerID(number: nextNumber())
        let deadline = Monotonic.now() + Monotonic.nanoseconds(delay)
        let step = interval.map { max(Monotonic.nanoseconds($0), 1_000_000) }
        timers.add(LoopTimer(id: id, deadline: deadline, interval: step, handler: handler))
        return id
    }

    /// Cancels a timer; one that is gone is none to cancel.
    package func removeTimer(_ id: TimerID) { timers.remove(id) }

    /// Makes ``run(drainLimit:)`` return after the handler that calls this; what is watched stays so.
    package func stop() { stopRequested = true }

    /// Drops what outputs have not taken yet; each that loses something fails with EAGAIN.
    package func dropUnwritten() { for output in outputs where output.hasPending { output.fail(EAGAIN) } }

    /// Kills the waiters of the children, whose ends are then told as that of a KILL.
    package func killWaiters() { for child in children { child.waiter?.kill() } }

    /// Lets go of everything: streams are closed without a call of their handlers, children are not reaped.
    package func close() {
        for child in children { _ = closeDescriptor(child.descriptor) }
        children = []
        streams = []
        outputs = []
        timers.removeAll()
        signals = nil
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }
}

/// close(2) by a name that no type of this module has.
func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
