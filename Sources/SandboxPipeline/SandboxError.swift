import ArchiveStage
import ArtifactStore
import Bundles
import CollectStage
import HostFiles
import HostProcess
import JSONText
import LaunchStage
import PipelineCore
import ResolveStage
import RootFilesystems
import Runtimes
import SandboxSpec
import Secrets

/// What kept the pipeline from doing its job: what kind of thing, one line that says it, and what to do about it.
///
/// A command that ran, and failed, is no such error: its end is in the ``Run``.
public struct SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of errors that programs tell apart; more may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the constant.
        public let description: String

        private init(_ name: String) { description = name }

        /// There is no launcher where launchers are looked for.
        public static let launcherNotFound = Code("launcherNotFound")
        /// The specification is no valid one, contradicts itself, or names what this host does not have.
        public static let invalidSpecification = Code("invalidSpecification")
        /// A control that was asked for can't be enforced by this version, on this host, or for this user;
        /// ``SandboxError/control`` names it.
        public static let notEnforced = Code("notEnforced")
        /// The store, or the machine's key, is another user's, or others may write to it.
        public static let storeNotTrusted = Code("storeNotTrusted")
        /// The plan was not made by this user on this machine, so it may be looked at and not be run.
        public static let notPermitted = Code("notPermitted")
        /// The store has nothing of that name or digest, or no longer has it.
        public static let missing = Code("missing")
        /// What the store holds under a digest is not what the digest says; it is never served.
        public static let damaged = Code("damaged")
        /// Anything else: the system refused something, or what was planned has changed since.
        public static let failed = Code("failed")
    }

    /// What kind of error it is.
    public let code: Code
    /// One line that names the object, as a specification's file and field, and the cause; control characters in names
    /// are escaped.
    ///
    /// It never holds the value of a variable.
    public let message: String
    /// What to do about it, where there is something.
    ///
    /// A flag in it, as `--store`, is one of the tool's.
    public let hint: String?
    /// With ``Code/notEnforced``, the control: the name of its field in the specification, as `resources.memory`.
    public let control: String?

    /// The message.
    public var description: String { message }

    package init(_ message: String, hint: String? = nil, code: Code = .failed, control: String? = nil) {
        self.message = Printable.escaped(message)
        self.hint = hint.map(Printable.escaped)
        self.code = code
        self.control = control
    }
}

/// What the pipeline's own parts call it.
package typealias PipelineError = SandboxError

extension SandboxError {
    /// Any error of the modules below; `source` is the spec's file, which its fields are in.
    package init(_ error: any Error, source: String) {
        func inSpec(_ field: String, _ message: String) -> String {
            [source, field, message].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        switch error {
        case let error as SandboxError: self = error
        case let error as SpecError:
            self.init(
                error.source.isEmpty ? inSpec(error.field, error.message) : error.description,
                hint: error.hint,
                code: error.control == nil ? .invalidSpecification : .notEnforced,
                control: error.control
            )
        case let error as ResolveError:
            let code = error.launcher.map { Code($0) } ?? .invalidSpecification
            self.init(inSpec(error.field, error.message), hint: error.hint, code: code)
        case let error as LauncherProblem: self.init(error.message, hint: error.hint, code: Code(error))
        case let error as MountProblem:
            self.init(inSpec(error.field, error.message), hint: error.hint, code: .invalidSpecification)
        case let error as SecretProblem:
            self.init(inSpec(error.field, error.message), hint: error.hint, code: .invalidSpecification)
        case let error as SnapshotProblem:
            self.init(inSpec(error.field, error.message), hint: error.hint)
        case let error as RootFilesystemError: self.init(error.message, hint: error.hint)
        case let error as BundleError: self.init(inSpec("", error.message), hint: error.hint)
        case let error as LaunchError: self.init(error.message, hint: error.hint)
        case let error as StoreError: self.init(error.message, hint: error.hint, code: Code(error.code))
        default: self.init("\(error)")
        }
    }
}

extension SandboxError.Code {
    fileprivate init(_ problem: LauncherProblem) { self = problem.isMissing ? .launcherNotFound : .failed }

    fileprivate init(_ code: StoreError.Code) {
        self =
            switch code {
            case .notTrusted: .storeNotTrusted
            case .missing: .missing
            case .corrupt: .damaged
            case .busy, .system: .failed
            }
    }
}
