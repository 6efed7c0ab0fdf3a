package import ContentAddressing
package import JSONText
package import PipelineContracts
package import PipelineCore
import Runtimes
package import SandboxSpec
package import SeccompFilter

/// Stage 3: the portable description, what it enforces here, and its binding to this host and runtime.
package struct MaterializeStage: Stage {
    package static let name = StageName.materialize
    package static let version = 2

    package let description: SandboxDescription
    package let enforcement: Enforcement
    package let binding: RuntimeBinding
    private let filter: FilterChoice?
    /// What the runtime can't enforce; the caller has to allow each before the stage is run.
    package let refusals: [Refusal]

    private let components: [String: JSONValue]

    /// Works out all three; a pure function of its arguments, which the key names.
    ///
    /// `profile` is what the spec's seccomp file holds.
    package init(
        _ effective: EffectiveSpec,
        environment: Digest,
        stdinDigest: Digest?,
        resolved: (inputs: InputFacts, host: HostFacts, runtime: RuntimeFacts),
        profile: SeccompProfile?,
        home: String,
        brokerPaths: [String: String],
        waived: [Refusal]
    ) {
        let filter =
            resolved.runtime == .direct || resolved.runtime.platform != nil
            ? nil : FilterChoice(effective, resolved.host, file: profile)
        self.filter = filter
        let seccompDigest = filter?.digest
        let secrets = SecretLowering(effective.spec, resolved.inputs)
        description = DescriptionBuilder(
            effective,
            sources: resolved.inputs.sources,
            brokerPaths: brokerPaths,
            profile: seccompDigest,
            secrets: secrets.descriptions,
            layers: resolved.inputs.root?.contents
        )
        .description(environment: environment, stdinDigest: stdinDigest)
        let (inputs, host) = (resolved.inputs, resolved.host)
        var components: [String: JSONValue] = [
            "env": .string(environment.description),
            "host.isRoot": .bool(host.isRoot),
            "host.home": .string(home),
        ]
        let answers: ControlAnswers
        var guarded: JSONValue?
        switch resolved.runtime {
        case .bubblewrap(let launcher, let reaper, let mappers):
            components["helpers.version"] = .string(launcher.version)
            if let reaper { components["helpers.init"] = reaper.json }
            Self.note(mappers, host, in: &components)
            if let seccompDigest { components["seccomp"] = .string(seccompDigest.description) }
            binding = .bubblewrap(
                BubblewrapLowering.lower(
                    description,
                    sources: inputs.sources,
                    home: home,
                    isRoot: host.isRoot,
                    version: launcher.version,
                    reaper: reaper.map(ReaperBinding.init),
                    mappers: mappers.map(IDMapperBinding.init),
                    seccomp: seccompDigest,
                    secrets: secrets.bindings
                )
            )
            answers = BubblewrapEnforcement(effective, host: host, reaper: reaper, waived: waived).answers
        case .container(let facts):
            components["helpers.chosen"] = .string(facts.launcher.name)
            components["helpers.version"] = .string(facts.launcher.version)
            components["host.user"] = .integer(Int64(host.user))
            if let platform = facts.platform { components["helpers.platform"] = .string(platform) }
            if let reaper = facts.reaper { components["helpers.init"] = reaper.json }
            Self.note(facts.mappers, host, in: &components)
            if let seccompDigest { components["seccomp"] = .string(seccompDigest.description) }
            if case .file = effective.seccomp.value, filter != nil, !description.allowsUserNamespaces {
                // These take one filter.
                guarded = profile?.refusingUserNamespaces()?.json
                if guarded != nil { components["seccomp.refuses"] = "user namespaces" }
            }
            answers =
                ContainerEnforcement(effective, facts, host: host, guardsFile: guarded != nil, waived: waived).answers
            binding = .container(
                ContainerLowering(description, facts, host: host).binding(
                    sources: inputs.sources,
                    home: home,
                    seccomp: filter.map { (guarded ?? $0.json, $0.digest) },
                    missing: answers.enforcement.controls.filter { $0.answer == .missing }.map(\.name),
                    secrets: secrets.bindings
                )
            )
        case .direct:
            components["helpers.chosen"] = .string(resolved.runtime.name)
            binding = .direct(
                DirectLowering.lower(description, sources: inputs.sources, home: home, secrets: secrets.bindings)
            )
            answers = DirectEnforcement(effective, sources: inputs.sources, host: host, waived: waived).answers
        }
        enforcement = answers.enforcement
        refusals = answers.refusals
        if !waived.isEmpty { components["waived"] = .strings(waived.map(\.control.rawValue).sorted()) }
        for (field, value) in effective.spec.json.objectValue ?? [:] where !Self.unused.contains(field) {
            components["spec.\(field)"] = value
        }
        for (field, path) in brokerPaths { components["inside.\(field)"] = .string(path) }
        if let root = inputs.root { components["inputs.root.contents"] = .strings(root.contents.map(\.description)) }
        if !inputs.secretVariables.isEmpty {
            components["inputs.secretVariables"] = .strings(inputs.secretVariables)
        }
        for source in inputs.sources { components["inputs.\(source.field)"] = source.json }
        self.components = components
    }

    private static func note(_ mappers: IDMappers?, _ host: HostFacts, in components: inout [String: JSONValue]) {
        for mapper in mappers.map({ [$0.users, $0.groups] }) ?? [] {
            components["helpers.\(mapper.name)"] = mapper.json
        }
        if let ids = host.subordinateIDs { components["host.subordinateIDs"] = ids.json }
    }

    /// Fields that reach this stage through `env.json`, or not at all.
    private static let unused: Set<String> = ["schema", "name", "annotations", "env", "runtime"]

    package var key: [String: JSONValue] { components }

    package func run() -> [StageFile] {
        [
            StageFile(.description, description.json),
            StageFile(.enforcement, enforcement.json),
            StageFile(binding.kind, binding.json),
        ] + (filter.map { [StageFile(.seccomp, $0.json)] } ?? [])
    }
}
