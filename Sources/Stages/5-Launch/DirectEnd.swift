import HostProcess
import PipelineContracts

/// What the end of a command without a launcher means: what the kernel says.
struct DirectEnd {
    let end: ChildEnd.Status
    /// The signal for which we killed it.
    let killedBySignal: Int32?

    func fill(_ record: inout LaunchRecord) {
        switch end {
        case .exited(let code):
            record.fillExit(code, tellsSignals: false)
        case .signaled(let signal, _):
            record.signal = signal
            record.exitCode = 128 + (killedBySignal ?? signal)
            record.reason = .signaled
            record.failure = .init(domain: .command, message: "ended by signal \(signal)")
        }
    }

    /// The exit code for a program that the kernel refused to execute: 127 where something of it was not found.
    static func exitCode(for error: ProcessError) -> Int32 { error.systemError == notFound ? 127 : 126 }

    /// ENOENT, which is the same number everywhere.
    private static let notFound: Int32 = 2
}
