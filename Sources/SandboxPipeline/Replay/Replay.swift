package import ContentAddressing
package import PipelineCore
package import SandboxSpec

/// A run or a plan that is to be run again.
package struct Replay {
    package let plan: PlanRef
    /// Nil for a plan.
    package let run: RunRef?

    /// - Throws: ``PipelineError`` for what was never planned, or is gone.
    package init(_ reference: Reference, _ context: PipelineContext) throws {
        switch reference {
        case .run(let ref): (plan, run) = (try ReferenceSearch(context).plan(of: ref), ref)
        case .plan(let ref): (plan, run) = (ref, nil)
        case .spec(let path):
            throw PipelineError(
                "\(path) is a spec; replay takes a run or a bundle",
                hint: "sbxpipe exec \(path) runs it"
            )
        case .bundle(let path): throw Reference.notImported(path)
        case .damaged(let record): throw record.error
        }
    }

    /// What a run of it names as its parent.
    package var digest: Digest { run?.run ?? plan.plan }

    /// The spec that is bound anew, with what the plan took of its host.
    ///
    /// - Throws: ``PipelineError``.
    package func source(_ flags: SharedFlags, command: [String], _ context: PipelineContext) throws -> SpecSource {
        try SpecSource.plan(plan, flags: flags, command: command, archived: true, context)
    }
}
