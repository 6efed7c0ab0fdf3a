internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of ours, for work that waits in system calls and must end on the thread that it began on.
package enum HostThread {
    /// Runs something on a new thread, which nobody joins.
    ///
    /// Every signal is blocked in it: no handler of the program that we are in runs there, and a write to a pipe whose
    /// reader is gone fails with EPIPE and no SIGPIPE. What it spawns has its signals reset by ``spawn(_:)``.
    ///
    /// - Throws: ``ProcessError`` when the system has no thread left.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(ProcessError) {
        let held = unsafe Unmanaged.passRetained(ThreadBody(body))
        let status = unsafe sbx_thread_start(enter, held.toOpaque())
        guard status >= 0 else {
            unsafe held.release()
            throw ProcessError("start a thread", errno: -status)
        }
    }

    private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
        guard let argument = unsafe argument else { return }
        unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
