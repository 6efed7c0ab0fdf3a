#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The signals that are told apart when they are passed on (signal(7)).
package enum SignalNumber {
    package static let interrupt = SIGINT
    package static let terminate = SIGTERM
    package static let kill = SIGKILL
    package static let pipe = SIGPIPE
    /// What a write past the limit of file sizes gives beside EFBIG.
    package static let fileSize = SIGXFSZ
    /// What a terminal sends for Ctrl-Z.
    package static let stop = SIGTSTP
    package static let windowChange = SIGWINCH
    /// What makes a stopped process go on.
    package static let carryOn = SIGCONT
    /// Stops without being asked.
    package static let halt = SIGSTOP

    /// Stops this process until somebody continues it.
    package static func haltSelf() { raise(SIGSTOP) }
}
