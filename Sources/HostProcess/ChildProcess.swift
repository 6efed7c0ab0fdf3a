internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A child of this process, to be reaped once.
///
/// Letting it go closes the descriptor and neither ends nor reaps the process.
package struct ChildProcess: ~Copyable {
    private let handle: ProcessHandle

    package var processID: Int32 { handle.processID }
    /// The pidfd; valid as long as this value lives.
    package var descriptor: Int32 { handle.descriptor }

    init(_ handle: consuming ProcessHandle) { self.handle = handle }

    /// Takes over an orphan that came to this process as its subreaper.
    ///
    /// - Throws: ``ProcessError``, with `noSuchProcess` for a process that is not a child of this one.
    package init(adopting processID: Int32) throws(ProcessError) {
        let held = try ProcessHandle(opening: processID)
        guard sbx_process_is_unreaped_child(held.descriptor, processID) == 1 else {
            throw ProcessError("adopt process \(processID)", errno: ECHILD)
        }
        handle = held
    }

    /// Sends a signal; false when the child has been reaped already.
    @discardableResult
    package borrowing func send(signal: Int32) throws(ProcessError) -> Bool { try handle.send(signal: signal) }

    /// Sends a signal to the group of a child that was started with `newSession`.
    ///
    /// - Returns: false when the group is gone, or the child was reaped, after which its number may be a stranger's.
    @discardableResult
    package borrowing func sendToGroup(signal: Int32) throws(ProcessError) -> Bool {
        try signalGroup(of: processID, descriptor, signal)
    }

    /// Waits for the end and reaps the child.
    ///
    /// - Throws: ``ProcessError``, with `noSuchProcess` when it was reaped before, or when SIGCHLD is ignored here.
    package borrowing func wait() throws(ProcessError) -> ChildEnd {
        while true {
            if let end = try reap(processID, descriptor, block: true) { return end }
        }
    }

    /// Waits for the end no longer than the limit, and reaps the child if it came; nil if it did not.
    package borrowing func wait(within limit: Duration) throws(ProcessError) -> ChildEnd? {
        try handle.hasEnded(within: limit) ? reap(processID, descriptor, block: false) : nil
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
    guard processID > 1, sbx_process_is_unreaped_child(descriptor, processID) == 1 else { return false }
    if kill(-processID, signal) == 0 { return true }
    if errno == ESRCH { return false }
    throw ProcessError("signal \(signal) to group \(processID)", errno: errno)
}
