import PipelineContracts
import HostFiles
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
        let source: SpecSource
        switch try name.map({ try ReferenceSearch(context).find($0, prefersPlan: true) }) ?? .spec("sandbox.json") {
        case .spec(let path):
            source = try SpecSource.file(path, flags: planning.shared, workingFolder: context.workingFolder)
        case .plan(let ref): source = try SpecSource.plan(ref, flags: planning.shared, context)
        case .run(let ref):
            let plan = try ReferenceSearch(context).plan(of: ref)
            source = try SpecSource.plan(plan, flags: planning.shared, context)
        }
        return (try plan(source), source)
    }

    func plan(_ source: SpecSource) throws -> Planned {
        try Planner(context, planning.planOptions(console)).plan(source)
    }

    /// What exec launches: a plan as it is, unless a flag changes the spec.
    func launchTarget(_ name: String?) throws -> LaunchTarget {
        let search = ReferenceSearch(context)
        let reference = try name.map { try search.find($0, prefersPlan: true) } ?? .plan(try search.newestPlan())
        let ref: PlanRef
        switch reference {
        case .spec:
            let (planned, source) = try plan(name)
            return LaunchTarget(planned, source: source)
        case .plan(let plan): ref = plan
        case .run(let run): ref = try search.plan(of: run)
        }
        guard planning.shared.isEmpty, planning.allowDegraded.isEmpty else {
            let source = try SpecSource.plan(ref, flags: planning.shared, context)
            let planned = try plan(source)
            if planned.report.plan != ref.plan { console.note("flags make a new plan, \(planned.report.plan)") }
            return LaunchTarget(planned, source: source)
        }
        return try LaunchTarget(ref, store: context.store)
    }
}
