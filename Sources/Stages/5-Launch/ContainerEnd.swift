import HostFiles
import HostProcess
import PipelineContracts

/// What the end of a container, or of the runtime that was to start it, means for the command.
struct ContainerEnd {
    let end: ChildEnd.Status
    /// Whether it is the end of the container's first process, and not that of the runtime.
    let isContainers: Bool
    let runtime: String
    /// Whether the first process is a reaper, which exits with 128+n for a signal.
    let hasReaper: Bool
    /// What the runtime said.
    let message: String
    /// The signal for which we killed it.
    let killedBySignal: Int32?
    let stopped: LaunchRecord.Reason?
    /// Processes that the kernel ended as the cgroup's memory had run out.
    let memoryKills: Int

    func fill(_ record: inout LaunchRecord) {
        if let stopped { return record.fillOutputLimit(stopped) }
        switch end {
        case .exited(let code) where isContainers: record.fillExit(code, tellsSignals: hasReaper)
        case .signaled(let signal, _) where isContainers || killedBySignal != nil:
            record.signal = signal
            record.exitCode = 128 + (killedBySignal ?? signal)
            record.reason = .signaled
            record.failure = .init(domain: .command, message: "ended by signal \(killedBySignal ?? signal)")
        case .exited(let code): fillLauncher("\(runtime) exited with \(code)", &record)
        case .signaled(let signal, _): fillLauncher("\(runtime) was ended by signal \(signal)", &record)
        }
        if memoryKills > 0, record.exitCode != 0 { record.fillMemory(memoryKills) }
    }

    private func fillLauncher(_ what: String, _ record: inout LaunchRecord) {
        let lines = message.split(separator: "\n").map { Printable.escaped(String($0)) }
        let text = lines.joined(separator: "; ")
        record.exitCode = 125
        record.reason = .failed
        record.failure = .init(
            domain: .launcher,
            message: text.isEmpty ? "\(what) and said nothing" : "\(runtime): \(text)",
            hint: nil
        )
    }
}
