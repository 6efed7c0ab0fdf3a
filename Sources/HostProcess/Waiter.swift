internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The waiter of one child, as this process sees it (`sbx_waiter.h`): a child of ours, and the child's parent.
///
/// With the last reference the waiter, and all that is below it, is ended; that takes milliseconds, and a second where
/// something withstands.
final class Waiter: Sendable {
    private let processID: Int32
    /// Its pidfd, readable from its end on, which is when that of the child can be told.
    let descriptor: Int32
    private let channel: Int32
    private let child: Int32

    init(_ started: sbx_spawn_result) {
        processID = started.waiter
        descriptor = started.waiter_descriptor
        channel = started.waiter_channel
        child = started.process
    }

    deinit {
        // If it was killed, there is something left to do.
        _ = try? end(within: .zero)
        sbx_waiter_release(channel, descriptor, processID)
    }

    /// Kills the waiter itself, and with it the child, when it does not do its work.
    func kill() { _ = sbx_process_signal(descriptor, processID, SIGKILL) }

    /// Waits for the end of the child, and of all that it left, no longer than the limit; nil when it did not come.
    ///
    /// Any thread may ask, and as often as it likes: all get the same.
    func end(within limit: Duration) throws(ProcessError) -> ChildEnd? {
        guard try processHasEnded(descriptor, within: limit) else { return nil }
        var report = sbx_waiter_report()
        let result = unsafe sbx_waiter_end(channel, descriptor, &report)
        if try checked("wait for process \(child)", result) == 1 {
            return ChildEnd(
                report.end,
                survivors: report.survivors < 0 ? nil : Int(report.survivors),
                isOfFollowed: report.is_of_followed
            )
        }
        endSession()
        return ChildEnd(
            status: .signaled(SIGKILL, coreDumped: false),
            userSeconds: 0,
            systemSeconds: 0,
            maximumResidentBytes: 0
        )
    }

    /// Ends what a child without its waiter left in its session, as far as that can be told; what left that stays.
    private func endSession() {
        // The kernel killed the child with its waiter, but does not wait for its end.
        if let held = try? ProcessHandle(opening: child) { _ = try? held.hasEnded(within: .seconds(1)) }
        for _ in 0..<5 {
            // A session keeps its number from being given away as long as it has a member. A living process of that
            // number is another's, to whom it went when there was none.
            let members = ProcessTable.members(ofSession: child)
            if members.isEmpty || members.contains(child) { return }
            for member in members {
                guard let held = try? ProcessHandle(opening: member), getsid(member) == child else { continue }
                _ = try? held.send(signal: SIGKILL)
                _ = try? held.hasEnded(within: .milliseconds(100))
            }
        }
    }
}
