import HostFiles
import HostProcess
import LaunchStage
import PipelineContracts
import Synchronization

/// One launch of the doctor's: captured, without a terminal or any stream of the caller's, killed at a time limit.
struct LimitedLaunch {
    let record: LaunchRecord
    /// Whether the time limit ended it.
    let isTimedOut: Bool
    /// What it wrote to stdout, at most 64 KiB of it.
    let output: String

    private static let outputLimit = 64 << 10

    /// Launches what was planned just now and waits for its end.
    ///
    /// - Throws: ``PipelineError`` when there was nothing to launch.
    init(_ planned: Planned, of source: SpecSource, within limit: Duration, _ context: PipelineContext) throws {
        let deadline = try LaunchDeadline(after: limit)
        defer { deadline.end() }
        let captured = Captured()
        var caller = LaunchCaller()
        caller.ownsProcess = false
        (caller.standardInput, caller.standardOutput, caller.standardError) = (nil, nil, nil)
        caller.control = deadline.control
        caller.onOutput = { stream, bytes in
            guard stream == "stdout" else { return }
            captured.bytes.append(contentsOf: bytes.prefix(Self.outputLimit - captured.bytes.count))
        }
        let target = LaunchTarget(planned, source: source)
        record = try Executor(context, caller: caller).exec(target, id: LaunchInProgress.newID()).record
        isTimedOut = deadline.end()
        output = String(decoding: captured.bytes, as: UTF8.self)
    }

    private final class Captured {
        var bytes: [UInt8] = []
    }
}

/// Kills a launch that takes too long, from a thread of its own.
private final class LaunchDeadline: Sendable {
    private enum State { case running, over, reached }

    let control = LaunchControl()
    private let state = Mutex(State.running)

    /// Counts whole seconds.
    ///
    /// - Throws: ``ProcessError`` when the system has no thread left.
    init(after limit: Duration) throws(ProcessError) {
        let deadline = HostSystem.monotonicTime() + limit.components.seconds * 1_000_000_000
        try HostThread.start { [self] in
            while state.withLock({ $0 == .running }), HostSystem.monotonicTime() < deadline {
                HostSystem.sleep(milliseconds: 20)
            }
            let isReached = state.withLock { state in
                if state == .running { state = .reached }
                return state == .reached
            }
            if isReached { control.kill() }
        }
    }

    /// The launch is over; tells whether it was killed.
    @discardableResult
    func end() -> Bool {
        control.detach()
        return state.withLock { state in
            if state == .running { state = .over }
            return state == .reached
        }
    }
}
