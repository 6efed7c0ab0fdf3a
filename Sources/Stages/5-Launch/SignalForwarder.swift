import HostProcess

/// Passes signals on to the command itself; a second INT or TERM kills.
final class SignalForwarder {
    private var launcher: Int32
    private let commandIsChild: Bool
    private var endings = 0
    /// The signal that made us kill the sandbox.
    private(set) var killedWith: Int32?
    /// Signals that the command was sent.
    private(set) var sent: Set<Int32> = []
    /// Told when all is killed.
    var onKill: (() -> Void)?

    init(launcher: Int32, commandIsChild: Bool) {
        self.launcher = launcher
        self.commandIsChild = commandIsChild
    }

    /// `child` is the process that bubblewrap reported; nil when it has not yet.
    ///
    /// `terminal` is given back to the caller's shell as long as this process is stopped.
    ///
    /// - Returns: false for a signal that is to be sent once there is a command.
    func forward(_ signal: ReceivedSignal, to child: Int32?, _ terminal: LaunchTerminal?) -> Bool {
        let isEnding = signal.number == SignalNumber.interrupt || signal.number == SignalNumber.terminate
        if isEnding { endings += 1 }
        let isStop = signal.number == SignalNumber.stop
        if endings < 2 || !isEnding, send(isStop ? SignalNumber.halt : signal.number, to: child) || isStop {
            guard isStop else { return true }
            if let terminal { terminal.whileStopped(SignalNumber.haltSelf) } else { SignalNumber.haltSelf() }
            return true
        }
        guard isEnding else { return false }
        killedWith = signal.number
        kill()
        return true
    }

    /// Sends a signal to the command; false while there is none yet.
    func send(_ signal: Int32, to child: Int32?) -> Bool {
        guard let child, let target = command(of: child) else { return false }
        _ = try? target.send(signal: signal)
        if signal != SignalNumber.halt, signal != SignalNumber.carryOn { sent.insert(signal) }
        return true
    }

    /// Ends all, of which the record is to say that it was for this signal.
    func kill(for signal: Int32) {
        killedWith = signal
        kill()
    }

    /// The launcher has left a process behind that is to be ended in its stead.
    func follow(_ process: Int32) { launcher = process }

    /// Ends the launcher, and with it all that dies with it.
    func kill() {
        onKill?()
        guard let handle = try? ProcessHandle(opening: launcher) else { return }
        _ = try? handle.send(signal: SignalNumber.kill)
    }

    /// The command: the child of the sandbox's first process, or that process itself.
    private func command(of child: Int32) -> ProcessHandle? {
        guard commandIsChild else { return try? ProcessHandle(opening: child) }
        guard let first = ProcessTable.children(of: child).first else { return nil }
        return try? ProcessHandle(opening: first, childOf: child)
    }
}
