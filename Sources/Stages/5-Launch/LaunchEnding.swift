import HostFiles
import HostProcess
import PipelineContracts

/// Sees to it that a launch ends: at its time limit, and once it was killed, whatever holds it up.
///
/// TERM to the command when the time is over, KILL of all after the grace, and 1.2 seconds after a KILL an end of waiting
/// for what not even that moves: a process stuck in the kernel, a waiter that was stopped, a caller who reads nothing.
/// So a launch is over two seconds after timeout and grace (SAFETY.md, promise 6).
final class LaunchEnding {
    /// Why the launch was ended, as far as this did it.
    enum Cause {
        /// The time limit; whether KILL was needed.
        case timeout(killed: Bool)
        /// The launcher never came to start the command.
        case neverStarted
    }

    private(set) var cause: Cause?
    /// Whether the time limit found a command to end.
    private(set) var hadCommand = true
    private let loop: EventLoop
    private let forwarder: SignalForwarder
    /// Milliseconds.
    private let timeout: Int64?
    private let grace: Int64
    /// The process that stands for the command; nil as long as there is none.
    private let process: () -> Int32?
    private let hasEnded: () -> Bool
    /// Milliseconds of the monotonic clock, as the next.
    private var killedAt: Int64?
    /// Some tenths of a second before the launch has to be over.
    private var deadline: Int64?

    /// What is left of the two seconds when waiting ends is for what follows the loop.
    private static let patience: Int64 = 1200
    /// A launcher that has not made the sandbox's first process by then hangs; on a busy machine it takes seconds.
    private static let startLimit = Duration.seconds(60)

    init(
        _ limits: ResourceLimits?,
        _ loop: EventLoop,
        _ forwarder: SignalForwarder,
        process: @escaping () -> Int32?,
        hasEnded: @escaping () -> Bool
    ) {
        timeout = limits?.timeout
        grace = limits?.grace ?? Self.standardGrace
        self.loop = loop
        self.forwarder = forwarder
        self.process = process
        self.hasEnded = hasEnded
    }

    /// Milliseconds between TERM and KILL where the plan says nothing (SPEC.md, `resources.grace`).
    static let standardGrace: Int64 = 5000

    /// Begins to count, from `startedAt` of the monotonic clock on.
    func begin(startedAt: Int64) {
        _ = loop.addTimer(after: Self.startLimit) { [self] in
            guard process() == nil, !hasEnded() else { return }
            cause = .neverStarted
            forwarder.kill()
        }
        guard let timeout else { return }
        let passed = (HostSystem.monotonicTime() - startedAt) / 1_000_000
        deadline = startedAt / 1_000_000 + timeout + grace + Self.patience + 500
        _ = loop.addTimer(after: .milliseconds(max(0, timeout - passed))) { [self] in endInTime() }
    }

    private func endInTime() {
        // Only the caller's streams are waited for.
        if hasEnded() { return stopWaiting(after: grace + Self.patience) }
        guard killedAt == nil else { return }
        cause = .timeout(killed: false)
        // Where there is no command yet, nothing is to be asked.
        guard forwarder.send(SignalNumber.terminate, to: process()) else {
            hadCommand = false
            return forwarder.kill(for: SignalNumber.kill)
        }
        terminate(grace: grace) { [self] in cause = .timeout(killed: true) }
    }

    /// Ends a command whose run is lost already, such as for a full disk: TERM, the grace, KILL.
    func endEarly() {
        guard !hasEnded(), killedAt == nil, cause == nil else { return }
        terminate(grace: forwarder.send(SignalNumber.terminate, to: process()) ? grace : 0)
    }

    /// Ends all after a grace in milliseconds, for a command that was sent TERM.
    func terminate(grace: Int64, onKill: @escaping () -> Void = {}) {
        // A stopped command takes no signal but KILL.
        _ = forwarder.send(SignalNumber.carryOn, to: process())
        _ = loop.addTimer(after: .milliseconds(grace)) { [self] in
            guard !hasEnded() else { return stopWaiting(after: Self.patience) }
            onKill()
            forwarder.kill(for: SignalNumber.kill)
        }
    }

    /// How long what follows the loop may take, such as a runtime's removal of its container.
    var cleanupLimit: Duration {
        let now = HostSystem.monotonicTime() / 1_000_000
        let ends = [killedAt.map { $0 + Self.patience + 300 }, deadline].compactMap(\.self)
        return .milliseconds(max(300, min(10_000, (ends.min() ?? .max) - now)))
    }

    /// All was killed: what is in the pipes is all that will come, and nothing is waited for long.
    func limitWaiting() {
        guard killedAt == nil else { return }
        killedAt = HostSystem.monotonicTime() / 1_000_000
        loop.drainsAtOnce = true
        stopWaiting(after: Self.patience)
    }

    private func stopWaiting(after milliseconds: Int64) {
        _ = loop.addTimer(after: .milliseconds(milliseconds)) { [self] in
            loop.dropUnwritten()
            guard !hasEnded() else { return }
            loop.killWaiters()
            _ = loop.addTimer(after: .milliseconds(200)) { [self] in if !hasEnded() { loop.stop() } }
        }
    }
}

extension LaunchRecord {
    /// A command that the time limit ended, on top of what is known of its end.
    mutating func fillTimeout(_ limits: ResourceLimits?, killed: Bool, hadCommand: Bool) {
        exitCode = 124
        reason = .timeout
        let grace = limits?.grace ?? LaunchEnding.standardGrace
        let how =
            !hadCommand
            ? "its command had not come to run"
            : killed ? "it was killed \(Self.seconds(grace)) after TERM" : "TERM ended it"
        failure = .init(
            domain: .limit,
            message: "not over after \(Self.seconds(limits?.timeout ?? 0)): \(how)",
            hint: "resources.timeout says how long it may take"
        )
    }

    mutating func fillNeverStarted(_ launcher: String) {
        exitCode = 125
        reason = .failed
        failure = .init(domain: .launcher, message: "\(launcher) did not come to start the command within a minute")
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
