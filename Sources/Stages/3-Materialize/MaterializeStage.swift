package import ContentAddressing
package import JSONText
package import PipelineContracts
package import PipelineCore
import Runtimes
package import SandboxSpec

/// Stage 3: the portable description, what it enforces here, and its binding to this host and runtime.
package struct MaterializeStage: Stage {
    package static let name = StageName.materialize
    package static let version = 1

    package let description: SandboxDescription
    package let enforcement: Enforcement
    package let binding: RuntimeBinding
    /// What the runtime can't enforce; the caller has to allow each before the stage is run.
    package let refusals: [Refusal]

    private let components: [String: JSONValue]

    /// Works out all three; a pure function of its arguments, which the key names.
    package init(
        _ effective: EffectiveSpec,
        environment: Digest,
        stdinDigest: Digest?,
        resolved: (inputs: InputFacts, host: HostFacts, runtime: RuntimeFacts),
        home: String,
        brokerPaths: [String: String],
        waived: [Refusal]
    ) {
        description = DescriptionBuilder(
            effective,
            sources: resolved.inputs.sources,
            brokerPaths: brokerPaths
        )
        .description(environment: environment, stdinDigest: stdinDigest)
        let (inputs, host) = (resolved.inputs, resolved.host)
        var components: [String: JSONValue] = [
            "env": .string(environment.description),
            "host.isRoot": .bool(host.isRoot),
            "host.home": .string(home),
        ]
        let answers: ControlAnswers
        switch resolved.runtime {
        case .bubblewrap(let launcher):
            components["helpers.version"] = .string(launcher.version)
            binding = .bubblewrap(
                BubblewrapLowering.lower(
                    description,
                    sources: inputs.sources,
                    home: home,
                    isRoot: host.isRoot,
                    version: launcher.version
                )
            )
            answers = BubblewrapEnforcement(effective, host: host, waived: waived).answers
        case .direct:
            components["helpers.chosen"] = .string(resolved.runtime.name)
            binding = .direct(DirectLowering.lower(description, sources: inputs.sources, home: home))
            answers = DirectEnforcement(effective, sources: inputs.sources, host: host, waived: waived).answers
        }
        enforcement = answers.enforcement
        refusals = answers.refusals
        if !waived.isEmpty { components["waived"] = .strings(waived.map(\.control.rawValue).sorted()) }
        for (field, value) in effective.spec.json.objectValue ?? [:] where !Self.unused.contains(field) {
            components["spec.\(field)"] = value
        }
        for (field, path) in brokerPaths { components["inside.\(field)"] = .string(path) }
        for source in inputs.sources { components["inputs.\(source.field)"] = source.json }
        self.components = components
    }

    /// Fields that reach this stage through `env.json`, or not at all.
    private static let unused: Set<String> = ["schema", "name", "annotations", "env", "runtime"]

    package var key: [String: JSONValue] { components }

    package func run() -> [StageFile] {
        [
            StageFile(.description, description.json),
            StageFile(.enforcement, enforcement.json),
            StageFile(binding.kind, binding.json),
        ]
    }
}
