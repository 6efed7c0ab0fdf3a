import HostProcess
import PipelineContracts
import Runtimes

/// What the end of a launcher means for the command.
struct LaunchEnd {
    let end: ChildEnd.Status
    /// As bubblewrap reported it; nil when the command did not run.
    let exitCode: Int32?
    /// What bubblewrap said.
    let message: [UInt8]
    /// The signal with which we killed it.
    let killedBySignal: Int32?
    /// Signals that the command was sent.
    let sentSignals: Set<Int32>
    let stopped: LaunchRecord.Reason?
    /// Processes that the kernel ended as the cgroup's memory had run out.
    let memoryKills: Int

    func fill(_ record: inout LaunchRecord) {
        if let stopped { return record.fillOutputLimit(stopped) }
        // So little memory may be had that nothing comes to start the command.
        if memoryKills > 0, exitCode != 0 { return fillMemory(&record) }
        if let exitCode { return fillCommand(exitCode, &record) }
        switch end {
        case .signaled(let signal, _):
            record.signal = signal
            record.exitCode = 128 + (killedBySignal ?? signal)
            record.reason = .signaled
            let text =
                killedBySignal == nil ? "the launcher was ended by signal \(signal)" : "ended by signal \(signal)"
            record.failure = .init(domain: killedBySignal == nil ? .launcher : .command, message: text, hint: nil)
        case .exited(let code) where message.isEmpty && sentSignals.contains(code - 128):
            // It came to the command's process before that executed the command, of which bubblewrap reports no end.
            record.exitCode = code
            record.signalLikely = code - 128
            record.reason = .signaled
            record.failure = .init(domain: .command, message: "ended by signal \(code - 128)", hint: nil)
        case .exited(let code):
            let text = BubblewrapMessage.text(message)
            record.exitCode = BubblewrapMessage.exitCode(for: String(decoding: message, as: UTF8.self).trimmed)
            record.reason = .failed
            record.failure = .init(
                domain: record.exitCode == 125 ? .launcher : .command,
                message: text.isEmpty ? "bubblewrap exited with \(code) and said nothing" : "bubblewrap: \(text)",
                hint: BubblewrapMessage.hint(for: text)
            )
        }
    }

    private func fillMemory(_ record: inout LaunchRecord) {
        if let exitCode { fillCommand(exitCode, &record) } else { record.exitCode = 137 }
        record.fillMemory(memoryKills)
    }

    /// bubblewrap reports 128+n for a signal, and for an exit with that number.
    private func fillCommand(_ code: Int32, _ record: inout LaunchRecord) { record.fillExit(code, tellsSignals: true) }
}

extension String {
    /// Without line ends at its end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
