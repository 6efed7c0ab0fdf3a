import ContentAddressing
package import JSONText
package import PipelineContracts
package import PipelineCore
package import SandboxSpec

/// Stage 2: renders the command's environment.
///
/// Inherited, then unset, then the image's, then set, then secrets without their values, then PATH spliced, then the broker's variables over
/// all of them.
package struct EnvStage: Stage {
    package static let name = StageName.env
    package static let version = 2

    /// The caller's variables that `inherit` takes and `unset` leaves.
    private let inherited: [String: String]
    private let rules: Spec.Environment
    private let workdir: String
    /// Names and values of the broker's two variables.
    private let broker: [String: String]
    private let declared: JSONValue
    /// `NAME=VALUE`, of the root's image.
    private let image: [String]
    /// Names of the variables whose values launch reads.
    private let secrets: [String]
    /// The environment of an earlier plan, which is this one's as it is; nil for none.
    private let recorded: RenderedEnvironment?

    /// `broker` has the paths as they are inside; `secretVariables` are inherited ones that are secrets by their names.
    package init(
        inherited: [String: String],
        spec: Spec,
        workdir: String,
        broker: [String: String],
        secretVariables: [String] = [],
        image: [String] = [],
        recorded: RenderedEnvironment? = nil
    ) {
        self.image = image
        self.recorded = recorded
        self.inherited = inherited
        rules = spec.environment
        self.workdir = workdir
        self.broker = broker
        declared = spec.json["env"] ?? [:]
        secrets = secretVariables + spec.secrets.filter { $0.value.destination == nil }.keys
    }

    package var key: [String: JSONValue] {
        if let recorded {
            return ["recorded": .string(Digest.of(recorded.json.canonical()).description)]
        }
        var components: [String: JSONValue] = [:]
        for (name, value) in inherited { components["inputs.variables.\(name)"] = .string(value) }
        for (name, value) in declared.objectValue ?? [:] where name != "inherit" && name != "set" {
            components["spec.env.\(name)"] = value
        }
        for (name, value) in rules.set { components["spec.env.set.\(name)"] = .string(value) }
        for (name, value) in broker { components["broker.\(name)"] = .string(value) }
        for name in secrets { components["secrets.\(name)"] = true }
        if !image.isEmpty { components["inputs.root.environment"] = .strings(image) }
        components["spec.workdir"] = .string(workdir)
        return components
    }

    package func run() -> [StageFile] { [StageFile(.environment, rendered.json)] }

    /// The environment; a pure function of the key.
    ///
    /// Names are compared by their bytes, as the kernel and libc do.
    package var rendered: RenderedEnvironment {
        if let recorded { return recorded }
        var variables: [[UInt8]: RenderedEnvironment.Variable] = [:]
        func set(_ name: String, _ value: String?, _ origin: RenderedEnvironment.Origin) {
            variables[Array(name.utf8)] = RenderedEnvironment.Variable(name: name, value: value, origin: origin)
        }
        for (name, value) in inherited where !rules.unset.contains(where: { $0.matches(name) }) {
            set(name, value, .inherited)
        }
        for entry in image {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { set(String(parts[0]), String(parts[1]), .image) }
        }
        for (name, value) in rules.set { set(name, value, .set) }
        for name in secrets { set(name, nil, .secret) }
        if let splice = rules.path, let path = Self.spliced(variables[Array("PATH".utf8)]?.value, splice) {
            set("PATH", path, .path)
        }
        for (name, value) in broker { set(name, value, .broker) }
        // The launcher sets it to the working folder, whatever was asked for.
        set("PWD", workdir, .workdir)
        return RenderedEnvironment(variables: Array(variables.values))
    }

    /// PATH with the folder at its end or front; nil when the folder is an entry already.
    static func spliced(_ path: String?, _ splice: Spec.Environment.PathSplice) -> String? {
        let base = path.flatMap { $0.isEmpty ? nil : $0 } ?? Spec.Environment.PathSplice.fallback
        let folders = base.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if folders.contains(where: { $0.elementsEqual(splice.folder.utf8) }) { return path == base ? nil : base }
        return splice.position == .prepend ? "\(splice.folder):\(base)" : "\(base):\(splice.folder)"
    }
}
