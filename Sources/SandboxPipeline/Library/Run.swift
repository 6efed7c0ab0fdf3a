public import ContentAddressing
import PipelineContracts

/// How a launch ended.
///
/// The captures are in the store: ``Pipeline/inspect(_:)-(Run)`` reads them.
public struct Run: Sendable, Hashable {
    /// Why a launch ended.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The command exited.
        case exited
        /// A signal ended the command; see ``Run/signal``.
        case signaled
        /// The time limit ended it.
        case timeout
        /// It was ended for the memory that it used.
        case memory
        /// Its outputs outgrew the place for them.
        case outputLimit = "output-limit"
        /// The command was never executed, or what it left could not be kept; see ``Run/failure``.
        case failed
    }

    /// What went wrong, and on whose side.
    public struct Failure: Sendable, Hashable {
        /// Whose failure it is.
        public enum Domain: String, Sendable, Hashable, CaseIterable {
            /// The library's own, or the system's.
            case sbxpipe
            /// The launcher's: the sandbox could not be made.
            case launcher
            /// A limit of the specification was reached.
            case limit
            /// The command's: not found, not executable, or an end other than exit status 0.
            case command
        }

        /// Whose failure it is.
        public let domain: Domain
        /// One line with the cause; control characters are escaped.
        public let message: String
        /// What to do about it, where there is something.
        public let hint: String?
    }

    /// 32 random hex digits, known from the start.
    public let id: String
    /// Digest of the run's record; nil when the run could not be kept, which ``failure`` then says.
    public let digest: Digest?
    /// The plan that was launched.
    public let plan: Digest
    /// The command's exit status; 128 and the number of the signal that ended it; 127 when it was not found inside, 126
    /// when it could not be executed, 125 when the library or the launcher failed, 124 at the time limit.
    public let exitCode: Int32
    /// The signal that ended the command, as far as the kernel or the launcher tells.
    public let signal: Int32?
    /// Why it ended.
    public let reason: Reason
    /// What went wrong; nil for a command that exited with 0.
    public let failure: Failure?
    /// From the launch to its end, set-up included.
    public let duration: Duration
}

extension Run {
    init(_ executed: Executed, plan: Digest) {
        let record = executed.record
        id = executed.id
        digest = executed.run
        self.plan = plan
        exitCode = record.exitCode
        signal = record.signal ?? record.signalLikely
        // Their words are the same.
        reason = Reason(rawValue: record.reason.rawValue) ?? .failed
        failure = record.failure.map { failure in
            Failure(
                domain: Failure.Domain(rawValue: failure.domain.rawValue) ?? .sbxpipe,
                message: failure.message,
                hint: failure.hint
            )
        }
        duration = .seconds(record.wall)
    }
}
