import HostFiles
import HostProcess
package import JSONText
package import PipelineContracts
package import PipelineCore
import Runtimes
import SandboxSpec
package import SeccompFilter

/// Stage 1: looks at the host, the only stage before launch that does.
///
/// Observing is cheap and done each time; the key is what was observed, so the same host gives the same artefacts and a
/// changed one is noticed. What costs, running a launcher, is cached by ``LauncherInspection``.
package struct ResolveStage: Stage {
    package static let name = StageName.resolve
    package static let version = 1

    package let helpers: HelpersRecord
    package let host: HostFacts
    package let inputs: InputFacts
    /// What the spec's seccomp file holds; nil where it names none.
    package let profile: SeccompProfile?

    /// Observes the host.
    ///
    /// - Throws: ``ResolveError`` for what the spec names and the host lacks.
    package init(_ request: ResolveRequest) throws {
        let kernel = HostSystem.kernel()
        host = HostFacts(
            kernel: kernel.release,
            machine: kernel.machine,
            user: request.identity.user,
            group: request.identity.group,
            supplementaryGroups: request.identity.supplementaryGroups,
            capabilities: request.identity.capabilities,
            userNamespaces: HostProbes.allowsUserNamespaces,
            cgroups: HostProbes.cgroupLayout,
            controllers: request.effective.spec.resources.needsControlGroup
                ? ControlGroupPlaces.current().places.keys.sorted() : nil
        )
        helpers = try Self.helpers(request, kernel: kernel.release)
        let collector = InputCollector(request)
        profile = try collector.profile()
        inputs = try collector.facts()
    }

    package var key: [String: JSONValue] {
        var components: [String: JSONValue] = [
            "helpers.asked": .string(helpers.asked),
            "helpers.chosen": .string(helpers.chosen),
            "inputs.callerName": .string(inputs.callerName),
        ]
        for launcher in helpers.launchers { components["helpers.\(launcher.name)"] = launcher.json }
        for (field, value) in host.json.objectValue ?? [:] where field != "schema" {
            components["host.\(field)"] = value
        }
        for source in inputs.sources { components["inputs.\(source.field)"] = source.json }
        for (name, value) in inputs.variables { components["inputs.variables.\(name)"] = .string(value) }
        return components
    }

    package func run() -> [StageFile] {
        [StageFile(.helpers, helpers.json), StageFile(.host, host.json), StageFile(.inputs, inputs.json)]
    }

    /// The runtime chosen; nil when its launcher was not found, which ``init(_:)`` does not let pass.
    package var runtime: RuntimeFacts? {
        if helpers.chosen == RuntimeFacts.direct.name { return .direct }
        return helpers.launchers.first { $0.name == helpers.chosen }.map(RuntimeFacts.bubblewrap)
    }

    private static func helpers(_ request: ResolveRequest, kernel: String) throws -> HelpersRecord {
        let asked = request.runtime.asked
        let reason = asked == "auto" ? "the first of auto's order that this version has" : "asked for"
        switch request.runtime.chosen {
        case .bwrap: break
        case .direct: return HelpersRecord(asked: asked, launchers: [], chosen: "direct", reason: reason)
        default:
            throw ResolveError(
                "runtime",
                "\"\(Printable.escaped(asked))\" is not enforced by this version",
                hint: "\"bwrap\" works"
            )
        }
        do {
            let found = try request.launchers.find("bwrap", identity: request.identity)
            let facts = try LauncherInspection(store: request.store, kernel: kernel, user: request.identity.user)
                .facts(of: found, name: "bwrap")
            return HelpersRecord(asked: asked, launchers: [facts], chosen: "bwrap", reason: reason)
        } catch let problem as LauncherProblem {
            throw ResolveError("runtime", problem.message, hint: problem.hint, launcher: problem)
        }
    }
}
