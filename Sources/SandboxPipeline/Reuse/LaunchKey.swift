import ContentAddressing
import JSONText
import PipelineContracts

/// All that a launch depends on, as far as it may be served from the cache (DESIGN.md, Keys).
///
/// The portable digest, which stands for the command, its environment, mounts and snapshots; the enforcement; the
/// runtime's name, version, digest and platform; init's digest and the processor's architecture; the layers, whose times
/// can be seen inside; stdin; the real paths of what is bound from the host, as specs of two projects may call it alike.
/// What is at its default is left out.
struct LaunchKey: Sendable {
    /// Raised when launches of the same key are to be told from earlier ones.
    static let version = 1

    /// By the names that `why` shows; those of what earlier stages found are theirs.
    let components: [String: JSONValue]

    /// `hostSources` are those of the binding; `secrets` holds, by name, what each counts for by its rule.
    init(
        _ plan: LaunchedPlan,
        _ runtime: LaunchRuntime,
        stdin: StandardInput,
        hostSources: [String: String],
        secrets: [String: JSONValue] = [:]
    ) {
        var components = runtime.components
        components["materialize.portable"] = .string(plan.portable.description)
        components["materialize.enforcement"] = .string(plan.enforcement.description)
        if !plan.layers.isEmpty { components["archive.layers"] = .strings(plan.layers.map(\.digest.description)) }
        switch stdin {
        case .null: break
        case .inherit: components["stdin"] = "inherit"
        case .file(_, let digest): components["inputs.stdin.digest"] = .string(digest.description)
        case .text(let text): components["stdin"] = .string(Digest.of(Array(text.utf8)).description)
        }
        for (field, path) in hostSources { components["resolve.\(field)"] = .string(path) }
        for (name, value) in secrets { components["secrets.\(name)"] = value }
        self.components = components
    }

    /// The runtime as a key has it, from a launch or from what resolve wrote.
    struct LaunchRuntime: Sendable {
        let components: [String: JSONValue]

        init(_ facts: RuntimeFacts, kernel: String, machine: String) {
            var reaper: LauncherFacts?
            switch facts {
            case .container(let container): reaper = container.reaper
            case .bubblewrap(_, let other, _): reaper = other
            case .direct: break
            }
            self.init(
                name: facts.name,
                launcher: facts.launcher.map { ($0.version, $0.digest.description) },
                reaper: reaper.map { ($0.name, $0.digest.description) },
                platform: facts.platform,
                kernel: kernel,
                machine: machine
            )
        }

        /// From `helpers.json` and `host.json`.
        init(helpers: JSONValue, host: JSONValue) throws(JSONShapeError) {
            let name = try helpers.string("chosen")
            var launcher: (version: String, digest: String)?
            var reaper: (name: String, digest: String)?
            for facts in try helpers.array("launchers") {
                let (found, digest) = (try facts.string("name"), try facts.string("digest"))
                if found == name {
                    launcher = (try facts.string("version"), digest)
                } else if !IDMappers.names.contains(found) {
                    reaper = (found, digest)
                }
            }
            self.init(
                name: name,
                launcher: launcher,
                reaper: reaper,
                platform: helpers["platform"]?.stringValue,
                kernel: try host.string("kernel"),
                machine: try host.string("machine")
            )
        }

        private init(
            name: String,
            launcher: (version: String, digest: String)?,
            reaper: (name: String, digest: String)?,
            platform: String?,
            kernel: String,
            machine: String
        ) {
            var components: [String: JSONValue] = ["helpers.chosen": .string(name), "host.machine": .string(machine)]
            if let launcher {
                components["helpers.\(name)"] = [
                    "version": .string(launcher.version), "digest": .string(launcher.digest),
                ]
            } else {
                components["host.kernel"] = .string(kernel)
            }
            if let reaper { components["helpers.\(reaper.name)"] = ["digest": .string(reaper.digest)] }
            if let platform { components["helpers.platform"] = .string(platform) }
            self.components = components
        }
    }
}
