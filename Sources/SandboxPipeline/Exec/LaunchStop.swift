import HostFiles
import HostProcess

/// Ends a launch under way from outside (`stop`): TERM to the command, a grace, then KILL.
package struct LaunchStop {
    private let launch: RunningLaunch

    package init(_ launch: RunningLaunch) { self.launch = launch }

    /// Ends it, and waits until its owner has let go of it.
    ///
    /// `isOver` tells whether the lease is given up.
    ///
    /// - Throws: ``PipelineError`` when it is still there after KILL.
    package func run(grace: Duration, isOver: () throws -> Bool) throws {
        guard let launcher = launch.launcher, launcher.isAlive else {
            if try wait(.seconds(5), isOver) { return }
            throw PipelineError(
                "run \(launch.id.prefix(12)) has no process to end, but its owner, process \(launch.owner), holds it"
            )
        }
        if let command = command() {
            _ = try? command.send(signal: SignalNumber.terminate)
            _ = try? command.send(signal: SignalNumber.carryOn)
        }
        // One that Ctrl-Z stopped would never hear of it.
        if ProcessTable.stat(of: launch.owner)?.isStopped == true {
            _ = try? ProcessHandle(opening: launch.owner).send(signal: SignalNumber.carryOn)
        }
        if try wait(grace, isOver) { return }
        kill(launcher)
        if try wait(.seconds(5), isOver) { return }
        throw PipelineError(
            "run \(launch.id.prefix(12)) was killed, but its owner, process \(launch.owner), still holds it",
            hint: "it may be collecting outputs; or it hangs, then end process \(launch.owner) yourself"
        )
    }

    private func wait(_ limit: Duration, _ isOver: () throws -> Bool) throws -> Bool {
        let end =
            HostSystem.monotonicTime() + limit.components.seconds * 1_000_000_000
            + limit.components.attoseconds / 1_000_000_000
        while try !isOver() {
            if HostSystem.monotonicTime() >= end { return false }
            HostSystem.sleep(milliseconds: 10)
        }
        return true
    }

    /// The command itself: with a reaper the child of the sandbox's first process, which passes no signal on.
    private func command() -> ProcessHandle? {
        guard let child = launch.child else {
            return launch.launcher.flatMap { try? ProcessHandle(opening: $0.processID) }
        }
        guard launch.commandIsChild, let first = ProcessTable.children(of: child).first else {
            return try? ProcessHandle(opening: child)
        }
        return try? ProcessHandle(opening: first, childOf: child)
    }

    private func kill(_ launcher: ProcessIdentity) {
        guard let handle = try? ProcessHandle(opening: launcher.processID), launcher.isAlive else { return }
        _ = try? handle.send(signal: SignalNumber.kill)
    }
}
