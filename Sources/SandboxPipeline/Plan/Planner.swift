import ArtifactStore
import ArchiveStage
import ContentAddressing
import EnvStage
import HostFiles
import LaunchStage
import MaterializeStage
import PipelineContracts
import PipelineCore
import ResolveStage
import Runtimes
import SandboxSpec

/// Runs the stages 1 to 4 on a spec: nothing is launched.
package struct Planner {
    private let context: PipelineContext
    private let options: PlanOptions

    package init(_ context: PipelineContext, _ options: PlanOptions) {
        self.context = context
        self.options = options
    }

    /// Plans a spec, and remembers the plan in the store.
    ///
    /// - Throws: ``PipelineError``, one line that names file and field.
    package func plan(_ source: SpecSource) throws -> Planned {
        do {
            return try context.store.held(waiting: { options.progress("waiting: the store is being cleaned up") }) {
                defer { try? context.store.lease?.end() }
                return try planned(source)
            }
        } catch {
            throw PipelineError(error, source: source.label)
        }
    }

    private func planned(_ source: SpecSource) throws -> Planned {
        var runner = StageRunner(
            store: context.store,
            usesCache: options.usesCache,
            failsOnMiss: options.failsOnMiss
        )
        let walked = try walk(source, with: &runner)
        let outcomes = walked.outcomes
        if walked.binding == .bubblewrap, let filter = walked.filter, !outcomes[2].report.cached {
            options.progress("compiling the seccomp filter")
            _ = try CompiledFilter.bytes(of: filter, in: context.store)
        }
        let report = PlanReport(
            plan: try outcomes[3].digest(.plan),
            portable: try outcomes[2].digest(.description),
            binding: try outcomes[2].digest(walked.binding),
            name: source.spec.name,
            runtime: walked.runtime.name,
            stages: outcomes.map(\.report)
        )
        let (folder, note) = try remember(source, report, outcomes)
        let notes = [walked.substitution, note].compactMap { $0 }
        return Planned(
            report: report,
            archive: try outcomes[3].receipt.file(.archive),
            launched: LaunchedPlan(
                portable: report.portable,
                enforcement: try outcomes[2].digest(.enforcement),
                layers: outcomes[3].receipt.layers
            ),
            runtime: walked.runtime,
            host: walked.host,
            expansion: walked.expansion,
            folder: folder,
            note: notes.isEmpty ? nil : notes.joined(separator: "; ")
        )
    }

    /// Takes a spec through the stages 1 to 4, each run by `executor`.
    ///
    /// Where the runtime is `auto`, the first of its order that works here and can enforce what is asked for; when none
    /// does, what is wrong with the first is told.
    func walk<Executor: StageExecutor>(_ source: SpecSource, with runner: inout Executor) throws -> WalkedStages {
        let effective = EffectiveSpec(source.spec)
        var selection = RuntimeSelection(effective, environment: context.environment)
        var first: (any Error)?
        while true {
            do {
                var walked = try walk(source, effective, selection, with: &runner)
                if let first { walked.substitution = "runtime \(walked.runtime.name) is used: \(first)" }
                return walked
            } catch let unsuited as UnsuitedRuntime {
                let problem = first ?? unsuited.problem
                guard let next = selection.next(as: "\(unsuited.problem)") else { throw problem }
                first = problem
                selection = next
            }
        }
    }

    private func walk<Executor: StageExecutor>(
        _ source: SpecSource,
        _ effective: EffectiveSpec,
        _ selection: RuntimeSelection,
        with runner: inout Executor
    ) throws -> WalkedStages {
        let waived = try SpecPolicy.waived(source.spec, selection.chosen, allowed: options.allowDegraded)
        var started = HostSystem.monotonicTime()
        func elapsed() -> Int64 {
            defer { started = HostSystem.monotonicTime() }
            return started
        }
        options.progress("resolve: looking at the host")
        let resolve = try resolve(
            ResolveRequest(
                effective: effective,
                runtime: selection,
                base: source.base,
                environment: context.environment,
                identity: context.identity,
                accounts: context.accounts,
                home: context.home,
                store: context.store,
                launchers: context.launchers,
                ambiguousNames: context.ambiguousNames,
                covered: context.covered,
                time: try context.sourceDate(),
                recorded: source.archived?.inputs
            )
        )
        guard let runtime = resolve.runtime else { throw PipelineError("no runtime was chosen") }
        let spec =
            try resolve.inputs.root.map { root throws(SpecError) in try source.spec.completed(by: root) } ?? source.spec
        let effective = resolve.inputs.root == nil ? effective : EffectiveSpec(spec)
        if runtime != .direct { try SpecPolicy.check(effective, host: resolve.host) }
        let resolved = try runner.run(resolve, started: elapsed())

        let brokerPaths = brokerPaths(spec.broker, source)
        let env = EnvStage(
            inherited: resolve.inputs.variables,
            spec: spec,
            workdir: effective.workdir.value,
            broker: brokerVariables(spec.broker, brokerPaths),
            secretVariables: resolve.inputs.secretVariables,
            image: resolve.inputs.root?.environment ?? [],
            recorded: source.archived?.environment
        )
        try SpecPolicy.checkSize(command: spec.command, env.rendered)
        let rendered = try runner.run(env, started: elapsed())

        let materialize = MaterializeStage(
            effective,
            environment: try rendered.digest(.environment),
            stdinDigest: resolve.inputs.source("stdin")?.digest,
            resolved: (resolve.inputs, resolve.host, runtime),
            profile: resolve.profile,
            home: context.home,
            brokerPaths: brokerPaths,
            waived: waived
        )
        do throws(SpecError) {
            try SpecPolicy.refuse(materialize.refusals, but: options.allowDegraded)
        } catch {
            // Bounds are the host's to give: no other runtime has more.
            throw error.control?.hasPrefix("resources.") == true ? error : UnsuitedRuntime(problem: error)
        }
        let host = context.hostView(specFile: source.file)
        let snapshots = PlanSnapshots(materialize.binding)
        var expansion: MountExpansion?
        let sources = snapshots.sources(of: resolve.inputs.sources)
        // Of a root of layers it takes the tree, which there is once they are in the store.
        let root = PlanRoot(materialize.description.root)
        if root == nil { expansion = try self.expansion(materialize, sources, host) }
        let materialized = try runner.run(materialize, started: elapsed())

        options.progress("archive: packing the plan")
        let archive = try ArchiveStage(
            spec: spec,
            runtime: runtime.name,
            env: rendered.receipt,
            materialize: materialized.receipt,
            root: resolve.root,
            snapshots: snapshots.archived(
                from: resolve.inputs.sources,
                covering: context.covered,
                recorded: source.archived?.layers ?? [:]
            ),
            time: try context.sourceDate(),
            store: context.store
        )
        let archived = try runner.run(archive, started: elapsed())
        let isForecast = archived.receipt.files.isEmpty
        if let root, let layers = resolve.inputs.root?.layers {
            let user = context.identity.user
            options.progress("archive: unpacking the root")
            let tree =
                isForecast
                ? try root.present(layers, context.store, user: user)
                : try root.unpacked(layers, context.store, user: user)
            if let tree {
                expansion = try self.expansion(materialize, sources.merging([PlanRoot.field: tree]) { $1 }, host)
            }
        }
        return WalkedStages(
            outcomes: [resolved, rendered, materialized, archived],
            layers: try isForecast
                ? snapshots.recordedLayers(
                    time: try context.sourceDate(),
                    in: context.store,
                    recorded: source.archived?.layers ?? [:]
                ).map { (resolve.inputs.root?.layers ?? []) + $0 }
                : archived.receipt.layers,
            description: materialize.description,
            hostSources: materialize.binding.hostSources,
            secretBindings: materialize.binding.secrets,
            runtime: runtime,
            binding: materialize.binding.kind,
            filter: materialize.binding.filter,
            host: host,
            expansion: expansion
        )
    }

    private func resolve(_ request: ResolveRequest) throws -> ResolveStage {
        do {
            return try ResolveStage(request)
        } catch let error as ResolveError where error.launcher.map({ $0.isMissing && !$0.isNamed }) == true {
            // One that is there and can't be used is for its owner to mend.
            throw UnsuitedRuntime(problem: error)
        }
    }

    /// The mounts on this host; nil where there are none to make, once that is sure to be enough.
    private func expansion(
        _ stage: MaterializeStage,
        _ snapshots: [String: String],
        _ host: HostView
    ) throws(MountProblem) -> MountExpansion? {
        let mounts: MountBinding
        switch stage.binding {
        case .bubblewrap(let binding): mounts = binding.mounts
        case .container(let binding):
            mounts = binding.mounts
            if !binding.secrets.isEmpty { _ = try PrivateFolder.place(for: binding.secrets, host) }
        case .direct(let binding):
            _ = try DirectHost.tree(binding)
            return nil
        }
        return try MountExpansion(
            mounts,
            workdir: stage.description.workdir,
            outputs: stage.description.outputs,
            snapshots: snapshots,
            host: host
        )
    }

    /// Where the broker's socket and shim are, outside and inside.
    private func brokerPaths(_ broker: Spec.Broker?, _ source: SpecSource) -> [String: String] {
        guard let broker else { return [:] }
        return ["broker.socket": broker.socket, "broker.shim": broker.shim].mapValues { declared in
            SourcePath.absolute(declared, base: source.base, home: context.home)
        }
    }

    private func brokerVariables(_ broker: Spec.Broker?, _ paths: [String: String]) -> [String: String] {
        guard let broker, let socket = paths["broker.socket"], let shim = paths["broker.shim"] else { return [:] }
        return [broker.variables.socket: socket, broker.variables.shim: shim]
    }

    /// Writes the plan's ref and its folder in `stages/`.
    private func remember(
        _ source: SpecSource,
        _ report: PlanReport,
        _ outcomes: [StageOutcome]
    ) throws -> (folder: String, note: String?) {
        let receipts = Dictionary(uniqueKeysWithValues: report.stages.map { ($0.name, $0.receipt.digest) })
        let ref = PlanRef(
            plan: report.plan,
            name: report.name,
            specFile: source.file,
            base: source.archived?.isFromElsewhere == true ? "" : source.base,
            created: HostSystem.timestamp(HostSystem.realTime()),
            receipts: receipts,
            actions: Dictionary(uniqueKeysWithValues: outcomes.map { ($0.report.name, $0.action) }),
            bytes: outcomes.flatMap { $0.receipt.files.values }.reduce(0) { $0 + $1.size },
            annotations: source.spec.annotations
        )
        try context.store.syncObjects()
        try Catalog(context.store).add(ref)
        try context.store.syncNames(in: "refs/plans")
        let folders = StageFolders(context.store)
        do {
            return (try folders.linkPlan(report.name, report.plan, receipts: outcomes.map(\.receipt)), nil)
        } catch {
            let note = "the plan is kept, but its folder in stages/ could not be made: \(error)"
            return (StageFolders.name(report.name, report.plan), note)
        }
    }
}
