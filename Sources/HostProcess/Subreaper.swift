internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// This process as the one that gets the orphans below it, so that nobody that it started outlives it unseen.
///
/// That it is so holds for the whole process: for the tool to do, never for a library.
package enum Subreaper {
    /// Makes this process a subreaper (prctl(2), PR_SET_CHILD_SUBREAPER), and its children ones that it can wait for
    /// even if the caller had SIGCHLD ignored.
    package static func enable() throws(ProcessError) {
        _ = try checked("become subreaper", sbx_subreaper_enable())
        try SignalDisposition.useDefault(SIGCHLD)
    }

    /// The children of this process other than those named.
    package static func adoptedChildren(except known: [Int32] = []) -> [Int32] {
        ProcessTable.children(of: getpid()).filter { !known.contains($0) }
    }

    /// Kills and reaps every child but those named, then what comes to this process by their end, until nothing is
    /// left or the limit is over.
    ///
    /// No other thread may start or reap children meanwhile.
    ///
    /// - Returns: the numbers of those that were left at the limit: stuck in the kernel, or another user's.
    package static func endAll(
        except known: [Int32] = [],
        within limit: Duration
    ) throws(ProcessError) -> [Int32] {
        let deadline = Monotonic.now() + Monotonic.nanoseconds(limit)
        while true {
            let left = adoptedChildren(except: known)
            if left.isEmpty { return [] }
            try endOnce(left)
            if Monotonic.now() >= deadline { return adoptedChildren(except: known) }
        }
    }

    /// Sends KILL to each and reaps those that have ended, waiting a millisecond at most for all.
    private static func endOnce(_ processIDs: [Int32]) throws(ProcessError) {
        // All are signalled before the first is waited for. Their numbers are theirs until reaped here.
        for processID in processIDs { kill(processID, SIGKILL) }
        var patience = Duration.milliseconds(1)
        for processID in processIDs {
            do {
                let child = try ChildProcess(adopting: processID)
                if try child.wait(within: patience) == nil { patience = .zero }
            } catch  where error.code == .noSuchProcess {
                continue
            }
        }
    }
}
