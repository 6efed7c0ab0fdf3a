import HostFiles
import HostProcess

/// Notices a command that is over while the one that is to tell so was stopped, as a command can do to its PID 1 by
/// ptrace(2): nobody would ever hear of it, and bubblewrap waits for ever.
///
/// The first look that finds it continues who was stopped, the second has all killed: something stops it again.
struct StallWatch {
    /// Seconds between two looks.
    static let interval = Duration.seconds(1)

    /// How the command had ended, once a look found it stalled.
    private(set) var end: ChildEnd.Status?

    /// Looks at the command, a process below this one; true when all is to be killed.
    mutating func look(at command: Int32) -> Bool {
        guard let found = ProcessTable.stat(of: command), found.hasEnded else { return false }
        var stopped: [Int32] = []
        var above = found.parent
        // Launcher and waiter are the most that there are between.
        for _ in 0..<4 where above > 1 && above != HostIdentity.processID {
            guard let stat = ProcessTable.stat(of: above) else { break }
            if stat.isStopped { stopped.append(above) }
            above = stat.parent
        }
        guard !stopped.isEmpty else { return false }
        if end != nil { return true }
        end = found.end
        for process in stopped {
            _ = try? ProcessHandle(opening: process).send(signal: SignalNumber.carryOn)
        }
        return end == nil
    }
}
