import HostFiles
import HostProcess
package import JSONText
package import PipelineContracts
package import PipelineCore
package import RootFilesystems
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
    /// A root of layers; nil for another one.
    package let root: FoundRoot?

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
                ? ControlGroupPlaces.current().places.keys.sorted() : nil,
            subordinateIDs: request.effective.userMap.value == .subids ? Self.subordinateIDs(request) : nil
        )
        helpers = try Self.helpers(request, kernel: kernel.release)
        let collector = InputCollector(request)
        profile = try collector.profile()
        let found = try collector.root()
        root = found?.found
        inputs = try collector.facts(found)
    }

    package var key: [String: JSONValue] {
        var components: [String: JSONValue] = [
            "helpers.asked": .string(helpers.asked),
            "helpers.chosen": .string(helpers.chosen),
            "inputs.callerName": .string(inputs.callerName),
        ]
        for launcher in helpers.launchers { components["helpers.\(launcher.name)"] = launcher.json }
        if let platform = helpers.platform { components["helpers.platform"] = .string(platform) }
        for (field, value) in host.json.objectValue ?? [:] where field != "schema" {
            components["host.\(field)"] = value
        }
        for source in inputs.sources { components["inputs.\(source.field)"] = source.json }
        if !inputs.secretVariables.isEmpty {
            components["inputs.secretVariables"] = .strings(inputs.secretVariables)
        }
        if let root = inputs.root { components["inputs.root"] = root.json }
        for (name, value) in inputs.variables { components["inputs.variables.\(name)"] = .string(value) }
        return components
    }

    package func run() -> [StageFile] {
        [StageFile(.helpers, helpers.json), StageFile(.host, host.json), StageFile(.inputs, inputs.json)]
    }

    /// The runtime chosen; nil when its launcher was not found, which ``init(_:)`` does not let pass.
    package var runtime: RuntimeFacts? {
        if helpers.chosen == RuntimeFacts.direct.name { return .direct }
        guard let launcher = helpers.launchers.first(where: { $0.name == helpers.chosen }) else { return nil }
        let mappers = IDMappers(among: helpers.launchers)
        let reaper = helpers.launchers.first { $0.name != helpers.chosen && !IDMappers.names.contains($0.name) }
        if launcher.name == "bwrap" { return .bubblewrap(launcher, reaper: reaper, mappers: mappers) }
        return .container(
            ContainerFacts(launcher: launcher, reaper: reaper, platform: helpers.platform, mappers: mappers)
        )
    }

    private static func subordinateIDs(_ request: ResolveRequest) -> HostFacts.SubordinateCounts {
        let identity = request.identity
        let name = request.accounts.user(identity.user)?.name ?? String(identity.user)
        let ids = SubordinateIDs.ofHost(name: name, identity: identity)
        return .init(users: SubordinateIDs.count(ids.users), groups: SubordinateIDs.count(ids.groups))
    }

    private static func helpers(_ request: ResolveRequest, kernel: String) throws -> HelpersRecord {
        let asked = request.runtime.asked
        let reason = request.runtime.reason
        let search = HelperSearch(
            launchers: request.launchers,
            identity: request.identity,
            store: request.store,
            kernel: kernel
        )
        let wantsReaper = request.effective.initProcess.value != .never && request.effective.has(.pid)
        // Root writes its maps itself, and gVisor has none.
        let wantsMappers =
            request.effective.userMap.value == .subids && !request.identity.isRoot && request.runtime.chosen != .runsc
        do {
            switch request.runtime.chosen {
            case .direct: return HelpersRecord(asked: asked, launchers: [], chosen: "direct", reason: reason)
            case .bwrap:
                let launcher = try search.launcher("bwrap")
                let wantsOther =
                    wantsReaper && request.effective.tty.value && request.effective.devices.value != .host
                let reaper = wantsOther ? try search.reaper() : nil
                let mappers = wantsMappers ? try mappers(search) : nil
                return HelpersRecord(
                    asked: asked,
                    launchers: [launcher] + (reaper.map { [$0] } ?? [])
                        + (mappers.map { [$0.users, $0.groups] } ?? []),
                    chosen: "bwrap",
                    reason: reason
                )
            case .runc, .crun, .runsc:
                let name = request.runtime.chosen?.rawValue ?? asked
                let facts = try search.container(name, wantsReaper: wantsReaper, wantsMappers: false)
                let mappers = wantsMappers ? try mappers(search) : nil
                return HelpersRecord(
                    asked: asked,
                    launchers: [facts.launcher] + (facts.reaper.map { [$0] } ?? [])
                        + (mappers.map { [$0.users, $0.groups] } ?? []),
                    chosen: facts.launcher.name,
                    reason: reason,
                    platform: facts.platform
                )
            case .auto, nil:
                throw ResolveError(
                    "runtime",
                    "there is no runtime \"\(Printable.escaped(asked))\"",
                    hint: "auto, bwrap, runc, crun, runsc or direct"
                )
            }
        } catch let problem as LauncherProblem {
            throw ResolveError("runtime", problem.message, hint: problem.hint, launcher: problem)
        }
    }

    private static func mappers(_ search: HelperSearch) throws -> IDMappers {
        do {
            return try search.mappers()
        } catch let problem as LauncherProblem {
            throw ResolveError("user.map", problem.message, hint: problem.hint, launcher: problem)
        }
    }
}
