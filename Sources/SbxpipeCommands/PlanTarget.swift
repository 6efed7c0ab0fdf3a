import PipelineContracts
import HostFiles
import HostProcess
import JSONText
import PipelineCore
import SandboxPipeline
import SandboxSpec

/// What plan and exec were asked for: a spec's file, or a plan or run with flags that change its spec.
struct PlanTarget {
    private let context: PipelineContext
    private let planning: PlanningFlags
    private let console: Console

    init(_ context: PipelineContext, _ planning: PlanningFlags, _ console: Console) {
        self.context = context
        self.planning = planning
        self.console = console
    }

    /// Plans the spec that was named, or `sandbox.json` here.
    func plan(_ name: String?) throws -> (planned: Planned, source: SpecSource) {
        let source = try source(named: name)
        return (try plan(source), source)
    }

    /// The spec that was named, with the flags' changes; `changing` when the caller makes more.
    func source(named name: String?, changing: Bool = false) throws -> SpecSource {
        switch try name.map({ try find($0) }) ?? .spec("sandbox.json") {
        case .spec(let path):
            return try SpecSource.file(path, flags: planning.shared, workingFolder: context.workingFolder)
        case .plan(let ref): return try source(of: ref, changing: changing)
        case .run(let ref): return try source(of: try ReferenceSearch(context).plan(of: ref), changing: changing)
        case .bundle(let path): throw Reference.notImported(path)
        case .damaged(let record): throw record.error
        }
    }

    /// What a REF names; what a bundle's file holds is taken into the store first.
    func find(_ name: String, prefersPlan: Bool = true) throws -> Reference {
        let reference = try ReferenceSearch(context).find(name, prefersPlan: prefersPlan)
        guard case .bundle(let path) = reference else { return reference }
        return try BundleImport(context).take(path)
    }

    /// What `why` explains, and the plan that it is compared with where that is not the newest of its name.
    func explained(_ name: String) throws -> (source: SpecSource, plan: PlanRef?) {
        let search = ReferenceSearch(context)
        let ref: PlanRef
        switch try search.find(name, prefersPlan: false) {
        case .spec(let path):
            return (
                try SpecSource.file(path, flags: planning.shared, workingFolder: context.workingFolder), nil
            )
        case .plan(let plan): ref = plan
        case .run(let run): ref = try search.plan(of: run)
        case .bundle(let path): throw Reference.notImported(path)
        case .damaged(let record): throw record.error
        }
        return (try SpecSource.plan(ref, flags: planning.shared, context), ref)
    }

    /// A plan made of an imported one is our own from then on, so that asks for permission too.
    private func source(of ref: PlanRef, changing: Bool) throws -> SpecSource {
        let source = try SpecSource.plan(ref, flags: planning.shared, context)
        try allowed(ref, replannedFrom: source, changing: changing || !planning.shared.isEmpty)
        return source
    }

    /// Asks, or refuses, where a plan that came from elsewhere is to be launched as it is.
    func allowed(_ ref: PlanRef) throws { try allow(ref) { try ImportedPlan(ref, context) } }

    /// The same where its spec is planned anew.
    func allowed(_ ref: PlanRef, replannedFrom source: SpecSource, changing: Bool) throws {
        try allow(ref) {
            try ImportedPlan(
                ref,
                replannedFrom: source,
                changing: changing,
                context,
                planning.planOptions(console)
            )
        }
    }

    private func allow(_ ref: PlanRef, _ read: () throws -> ImportedPlan) throws {
        guard ref.isImported else { return }
        let plan = try read()
        let allowed = try planning.permissions()
        let missing = plan.missing(allowed)
        if missing.isEmpty || PermissionPrompt(console).grants(missing, to: ref.name) { return }
        try plan.check(allowed)
    }

    func plan(_ source: SpecSource) throws -> Planned {
        let planned = try Planner(context, planning.planOptions(console)).plan(source)
        if let note = planned.note {
            ProgressLine.clear()
            console.note(note)
        }
        return planned
    }

    /// What exec launches: a plan as it is, unless a flag changes the spec.
    func launchTarget(_ name: String?) throws -> LaunchTarget {
        let search = ReferenceSearch(context)
        let reference = try name.map({ try find($0) }) ?? .plan(try search.newestPlan())
        let ref: PlanRef
        switch reference {
        case .spec:
            let (planned, source) = try plan(name)
            return LaunchTarget(planned, source: source)
        case .plan(let plan): ref = plan
        case .run(let run): ref = try search.plan(of: run)
        case .bundle(let path): throw Reference.notImported(path)
        case .damaged(let record): throw record.error
        }
        guard planning.shared.isEmpty, planning.allowDegraded.isEmpty else {
            let source = try source(of: ref, changing: false)
            let planned = try plan(source)
            if planned.report.plan != ref.plan { console.note("flags make a new plan, \(planned.report.plan)") }
            return LaunchTarget(planned, source: source)
        }
        try allow(ref) { try ImportedPlan(ref, context) }
        return try LaunchTarget(ref, store: context.store)
    }
}
