internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process that this one started, or adopted.
///
/// A child of this process is to be reaped once; letting it go closes the descriptor and neither ends nor reaps it. A
/// process under a waiter (``SpawnRequest/underWaiter``) is the waiter's child, which reaps it; its end can be asked for
/// by any number of threads, any number of times, and letting it go ends it with all that is below it. It stays as long
/// as an ``EventLoop`` watches it.
package struct ChildProcess: ~Copyable {
    private let handle: ProcessHandle
    let waiter: Waiter?

    package var processID: Int32 { handle.processID }
    /// The pidfd; valid as long as this value lives.
    package var descriptor: Int32 { handle.descriptor }

    init(_ handle: consuming ProcessHandle, waiter: Waiter?) {
        self.handle = handle
        self.waiter = waiter
    }

    /// Takes over an orphan that came to this process as its subreaper.
    ///
    /// - Throws: ``ProcessError``, with `noSuchProcess` for a process that is not a child of this one.
    package init(adopting processID: Int32) throws(ProcessError) {
        let held = try ProcessHandle(opening: processID)
        guard sbx_process_is_unreaped_child(held.descriptor, processID) == 1 else {
            throw ProcessError("adopt process \(processID)", errno: ECHILD)
        }
        handle = held
        waiter = nil
    }

    /// Sends a signal; false when the child has been reaped already.
    @discardableResult
    package borrowing func send(signal: Int32) throws(ProcessError) -> Bool { try handle.send(signal: signal) }

    /// Sends a signal to the group of a child that was started with `newSession`, or under a waiter.
    ///
    /// Under a waiter the child may be reaped between a look at it and the signal. Its number could then be a stranger's
    /// only if all others of the machine were given out in that moment.
    ///
    /// - Returns: false when the group is gone, or the child was reaped, after which its number may be a stranger's.
    @discardableResult
    package borrowing func sendToGroup(signal: Int32) throws(ProcessError) -> Bool {
        if waiter == nil { return try signalGroup(of: processID, descriptor, signal) }
        guard try handle.send(signal: 0) else { return false }
        return try signalNamedGroup(processID, signal)
    }

    /// Waits for the end and reaps the child; under a waiter, until that has ended all that was left.
    ///
    /// The end of a child whose waiter was killed is a KILL, which is what the kernel then does to the child.
    ///
    /// - Throws: ``ProcessError``, without a waiter with `noSuchProcess` when it was reaped before, or when SIGCHLD is
    ///   ignored here.
    package borrowing func wait() throws(ProcessError) -> ChildEnd {
        while true {
            if let end = try waiter?.end(within: .seconds(3600)) { return end }
            if waiter == nil, let end = try reap(processID, descriptor, block: true) { return end }
        }
    }

    /// Waits for the end no longer than the limit, and reaps the child if it came; nil if it did not.
    package borrowing func wait(within limit: Duration) throws(ProcessError) -> ChildEnd? {
        if let waiter { return try waiter.end(within: limit) }
        return try handle.hasEnded(within: limit) ? reap(processID, descriptor, block: false) : nil
    }

    /// A duplicate of what poll(2) shows the end on, the caller's to close: with a waiter that is the waiter's pidfd.
    borrowing func duplicateEndDescriptor() throws(ProcessError) -> Int32 {
        let made = fcntl(waiter?.descriptor ?? descriptor, F_DUPFD_CLOEXEC, 3)
        if made < 0 { throw ProcessError("watch process \(processID)", errno: errno) }
        return made
    }
}

func reap(_ processID: Int32, _ descriptor: Int32, block: Bool) throws(ProcessError) -> ChildEnd? {
    var end = sbx_process_end()
    let result = unsafe sbx_process_wait(descriptor, processID, block, &end)
    return try checked("wait for process \(processID)", result) == 1 ? ChildEnd(end) : nil
}

/// The group has the child's number, which is the child's own as long as nobody has reaped it.
@discardableResult
func signalGroup(of processID: Int32, _ descriptor: Int32, _ signal: Int32) throws(ProcessError) -> Bool {
    guard sbx_process_is_unreaped_child(descriptor, processID) == 1 else { return false }
    return try signalNamedGroup(processID, signal)
}

private func signalNamedGroup(_ processID: Int32, _ signal: Int32) throws(ProcessError) -> Bool {
    if processID <= 1 { return false }
    if kill(-processID, signal) == 0 { return true }
    if errno == ESRCH { return false }
    throw ProcessError("signal \(signal) to group \(processID)", errno: errno)
}
