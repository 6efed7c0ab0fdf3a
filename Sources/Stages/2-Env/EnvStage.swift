package import JSONText
package import PipelineContracts
package import PipelineCore
package import SandboxSpec

/// Stage 2: renders the command's environment.
///
/// Inherited, then unset, then set, then PATH spliced, then the broker's variables over all of them.
package struct EnvStage: Stage {
    package static let name = StageName.env
    package static let version = 1

    /// The caller's variables that `inherit` takes and `unset` leaves.
    private let inherited: [String: String]
    private let rules: Spec.Environment
    private let workdir: String
    /// Names and values of the broker's two variables.
    private let broker: [String: String]
    private let declared: JSONValue

    /// `broker` has the paths as they are inside.
    package init(
        inherited: [String: String],
        spec: Spec,
        workdir: String,
        broker: [String: String]
    ) {
        self.inherited = inherited
        rules = spec.environment
        self.workdir = workdir
        self.broker = broker
        declared = spec.json["env"] ?? [:]
    }

    package var key: [String: JSONValue] {
        var components: [String: JSONValue] = [:]
        for (name, value) in inherited { components["inputs.variables.\(name)"] = .string(value) }
        for (name, value) in declared.objectValue ?? [:] where name != "inherit" && name != "set" {
            components["spec.env.\(name)"] = value
        }
        for (name, value) in rules.set { components["spec.env.set.\(name)"] = .string(value) }
        for (name, value) in broker { components["broker.\(name)"] = .string(value) }
        components["spec.workdir"] = .string(workdir)
        return components
    }

    package func run() -> [StageFile] { [StageFile(.environment, rendered.json)] }

    /// The environment; a pure function of the key.
    package var rendered: RenderedEnvironment {
        var variables: [String: (value: String, origin: RenderedEnvironment.Origin)] = [:]
        for (name, value) in inherited where !rules.unset.contains(where: { $0.matches(name) }) {
            variables[name] = (value, .inherited)
        }
        for (name, value) in rules.set { variables[name] = (value, .set) }
        if let splice = rules.path, let path = Self.spliced(variables["PATH"]?.value, splice) {
            variables["PATH"] = (path, .path)
        }
        for (name, value) in broker { variables[name] = (value, .broker) }
        // The launcher sets it to the working folder, whatever was asked for.
        variables["PWD"] = (workdir, .workdir)
        return RenderedEnvironment(
            variables: variables.map { RenderedEnvironment.Variable(name: $0, value: $1.value, origin: $1.origin) }
        )
    }

    /// PATH with the folder at its end or front; nil when the folder is an entry already.
    static func spliced(_ path: String?, _ splice: Spec.Environment.PathSplice) -> String? {
        let base = path.flatMap { $0.isEmpty ? nil : $0 } ?? Spec.Environment.PathSplice.fallback
        if base.split(separator: ":", omittingEmptySubsequences: false).contains(Substring(splice.folder)) {
            return path == base ? nil : base
        }
        return splice.position == .prepend ? "\(splice.folder):\(base)" : "\(base):\(splice.folder)"
    }
}
