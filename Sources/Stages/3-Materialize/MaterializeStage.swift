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
    package let binding: BubblewrapBinding

    private let components: [String: JSONValue]

    /// Works out all three; a pure function of its arguments, which the key names.
    package init(
        _ effective: EffectiveSpec,
        environment: Digest,
        stdinDigest: Digest?,
        resolved: (inputs: InputFacts, host: HostFacts, launcher: LauncherFacts),
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
        binding = BubblewrapLowering.lower(
            description,
            sources: resolved.inputs.sources,
            home: home,
            isRoot: resolved.host.isRoot,
            version: resolved.launcher.version
        )
        enforcement = BubblewrapEnforcement(effective, host: resolved.host, waived: waived).enforcement
        var components: [String: JSONValue] = [
            "env": .string(environment.description),
            "helpers.version": .string(resolved.launcher.version),
            "host.isRoot": .bool(resolved.host.isRoot),
            "host.home": .string(home),
        ]
        if !waived.isEmpty { components["waived"] = .strings(waived.map(\.control.rawValue).sorted()) }
        for (field, value) in effective.spec.json.objectValue ?? [:] where !Self.unused.contains(field) {
            components["spec.\(field)"] = value
        }
        for (field, path) in brokerPaths { components["inside.\(field)"] = .string(path) }
        for source in resolved.inputs.sources { components["inputs.\(source.field)"] = source.json }
        self.components = components
    }

    /// Fields that reach this stage through `env.json`, or not at all.
    private static let unused: Set<String> = ["schema", "name", "annotations", "env", "runtime"]

    package var key: [String: JSONValue] { components }

    package func run() -> [StageFile] {
        [
            StageFile(.description, description.json),
            StageFile(.enforcement, enforcement.json),
            StageFile(.bubblewrap, binding.json),
        ]
    }
}
