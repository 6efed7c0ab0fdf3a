internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process held by a descriptor (pidfd), so that no signal ever reaches another that took over its number.
///
/// On Darwin, which has no such descriptor, the number is all there is.
package struct ProcessHandle: ~Copyable {
    package let processID: Int32
    /// The pidfd, readable for poll(2) from the process's end on; valid as long as this value lives.
    package let descriptor: Int32

    init(processID: Int32, descriptor: Int32) {
        self.processID = processID
        self.descriptor = descriptor
    }

    /// Holds the process that has this number now.
    ///
    /// - Throws: ``ProcessError``, with `noSuchProcess` when there is none.
    package init(opening processID: Int32) throws(ProcessError) {
        let descriptor = try checked("open process \(processID)", sbx_process_open(processID))
        self.init(processID: processID, descriptor: descriptor)
    }

    /// Holds the process that has this number, if it is a child of `parent`.
    ///
    /// A number read from `/proc` or from a launcher may have gone to a stranger meanwhile; parent and liveness are
    /// checked after the process is held.
    ///
    /// - Throws: ``ProcessError``, with `noSuchProcess` when it is no child of `parent`.
    package init(opening processID: Int32, childOf parent: Int32) throws(ProcessError) {
        let handle = try ProcessHandle(opening: processID)
        guard ProcessTable.parent(of: processID) == parent, try handle.send(signal: 0) else {
            throw ProcessError("open process \(processID) below \(parent)", errno: ESRCH)
        }
        self = handle
    }

    /// Sends a signal; 0 sends none and only checks.
    ///
    /// - Returns: false when the process has been reaped already.
    /// - Throws: ``ProcessError``, with `notAllowed` for another user's process.
    @discardableResult
    package borrowing func send(signal: Int32) throws(ProcessError) -> Bool {
        let result = sbx_process_signal(descriptor, processID, signal)
        if result == -ESRCH { return false }
        _ = try checked("signal \(signal) to process \(processID)", result)
        return true
    }

    /// Whether the process ended within the limit.
    package borrowing func hasEnded(within limit: Duration = .zero) throws(ProcessError) -> Bool {
        try processHasEnded(descriptor, within: limit)
    }

    deinit { _ = close(descriptor) }
}

/// Whether the process of a pidfd ended within the limit.
func processHasEnded(_ descriptor: Int32, within limit: Duration) throws(ProcessError) -> Bool {
    let deadline = Monotonic.now() + Monotonic.nanoseconds(limit)
    while true {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe poll(&entry, 1, Monotonic.pollTimeout(until: deadline))
        if count > 0 { return true }
        if count < 0, errno != EINTR { throw ProcessError("poll", errno: errno) }
        if Monotonic.now() >= deadline { return false }
    }
}
