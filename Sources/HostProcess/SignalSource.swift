internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A signal that came to this process.
package struct ReceivedSignal: Sendable, Hashable {
    package let number: Int32
    /// The process that sent it; 0 when the kernel did, or when it can't be told.
    package let sender: Int32
    /// Whether the kernel sent it, as it does for a key on the terminal.
    package let byKernel: Bool
}

/// Signals taken as events instead of by handlers.
///
/// While it is open its signals are blocked in the thread that made it, and in those that this thread starts; other
/// threads must block them too, or they get them. Signals that this process ignores are left out, so that nohup and a
/// shell's background jobs keep their meaning. It outlives any one ``EventLoop``; after ``close()`` a signal that
/// nobody took does what it does by default.
package final class SignalSource {
    /// What the command is to get: INT, TERM, HUP, QUIT, USR1, USR2, WINCH, CONT, TSTP.
    package static let forwarded: [Int32] = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP,
    ]

    private(set) var descriptor: Int32
    private var newlyBlocked: UInt64 = 0

    package init(_ signals: [Int32] = SignalSource.forwarded) throws(ProcessError) {
        descriptor = -1
        let opened = unsafe sbx_signals_open(signals, signals.count, &newlyBlocked)
        descriptor = try checked("open signal descriptor", opened)
    }

    /// Takes the next signal that has come, without blocking; nil when there is none.
    package func next() throws(ProcessError) -> ReceivedSignal? {
        if descriptor < 0 { return nil }
        var raw = sbx_received_signal()
        guard try checked("read signal", unsafe sbx_signals_read(descriptor, &raw)) == 1 else { return nil }
        return ReceivedSignal(number: raw.signal, sender: raw.sender, byKernel: raw.by_kernel)
    }

    /// Gives the signals back; to be called on the thread that made it.
    package func close() {
        if descriptor < 0 { return }
        sbx_signals_close(descriptor, newlyBlocked)
        descriptor = -1
    }

    deinit { close() }
}
