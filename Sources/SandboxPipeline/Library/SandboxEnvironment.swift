import EnvStage
import PipelineContracts
import SandboxSpec

/// A command's environment rendered by itself, without a plan: for programs that start the command in another way.
///
/// It goes by the same code as the stage `env`: PATH is spliced, then the broker's variables stand over all others.
public struct SandboxEnvironment: Sendable, Hashable {
    /// A folder put at one end of PATH.
    public struct PathSplice: Sendable, Hashable {
        /// Which end.
        public enum Position: String, Sendable, Hashable, CaseIterable {
            /// Found before all others.
            case prepend
            /// Found when no other folder has it.
            case append
        }

        /// Absolute, and as the command will see it.
        public let folder: String
        /// Which end of PATH.
        public let position: Position

        /// A splice of a folder, at the front unless told otherwise.
        ///
        /// A PATH that has the folder already stays as it is. Where there is none, or an empty one, it is made from
        /// `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`.
        public init(_ folder: String, _ position: Position = .prepend) {
            self.folder = folder
            self.position = position
        }
    }

    /// Name to value.
    public let variables: [String: String]

    /// The variables as execve(2) takes them, `NAME=VALUE`, sorted by the bytes of their names.
    public let entries: [String]

    /// Renders an environment.
    ///
    /// - Parameters:
    ///   - base: What is there already; taken whole.
    ///   - brokerSocket: Path of a broker's socket, for `MPROXY_BROKER_SOCK`; nil leaves the variable as it is.
    ///   - shim: Path of the broker's shim, for `MPROXY_SHIM_PATH`; nil leaves the variable as it is.
    ///   - path: What is spliced into PATH.
    public init(
        base: [String: String],
        brokerSocket: String? = nil,
        shim: String? = nil,
        path: PathSplice? = nil
    ) {
        var broker: [String: String] = [:]
        broker[Spec.Broker.standardSocketVariable] = brokerSocket
        broker[Spec.Broker.standardShimVariable] = shim
        var spec = Spec(name: "environment", command: [])
        spec.environment.path = path.map { splice in
            Spec.Environment.PathSplice(
                folder: splice.folder,
                position: splice.position == .prepend ? .prepend : .append
            )
        }
        let folder = base["PWD"]
        let rendered = EnvStage(inherited: base, spec: spec, workdir: folder ?? "", broker: broker).rendered
        // Where nothing says a working folder, none is made up.
        let kept = rendered.variables.filter { $0.origin != .workdir || folder != nil }
            .compactMap { variable in variable.value.map { (name: variable.name, value: $0) } }
        variables = Dictionary(kept.map { ($0.name, $0.value) }) { first, _ in first }
        entries = kept.map { "\($0.name)=\($0.value)" }
    }
}
