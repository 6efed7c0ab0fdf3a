#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What of a watched child is killed before its number is given back.
package enum GroupEnd: Sendable {
    /// Nothing: others may go on.
    case leave
    /// All that is left in the process group of a child started with `newSession`; under a waiter that is done anyway.
    case kill
}

/// A child that an ``EventLoop`` waits for; the descriptor, the waiter's if there is one, is a duplicate, owned by the
/// loop.
struct LoopChild {
    let processID: Int32
    let waiter: Waiter?
    let descriptor: Int32
    let group: GroupEnd
    let onEnd: (ChildEnd) -> Void

    /// Reaps it if it has ended, after what is to be killed with it.
    func takeEnd() throws(ProcessError) -> ChildEnd? {
        if let waiter { return try waiter.end(within: .zero) }
        // What can't be killed, as another user's, is no reason to give up the rest.
        if group == .kill { _ = try? signalGroup(of: processID, descriptor, SIGKILL) }
        return try reap(processID, descriptor, block: false)
    }
}
