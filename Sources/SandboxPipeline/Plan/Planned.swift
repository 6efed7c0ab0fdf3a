package import ContentAddressing
package import PipelineContracts
import PipelineCore
package import Runtimes

/// Why a runtime can't serve a spec that another one may.
struct UnsuitedRuntime: Error {
    let problem: any Error
}

/// A plan just made.
package struct Planned: Sendable {
    package let report: PlanReport
    /// The small tar.
    package let archive: Descriptor
    let launched: LaunchedPlan
    package let runtime: RuntimeFacts
    package let host: HostView
    package let expansion: MountExpansion?
    /// Its folder in `stages/`.
    package let folder: String
    /// What went wrong without harm to the plan.
    package let note: String?
}

/// What came of the stages 1 to 4, in their order.
struct WalkedStages {
    let outcomes: [StageOutcome]
    /// Nil where the last stage was not run, and one of them was never made.
    let layers: [Descriptor]?
    let description: SandboxDescription
    let hostSources: [String: String]
    let secretBindings: [SecretBinding]
    let runtime: RuntimeFacts
    let binding: ArtefactKind
    /// Digest of the seccomp profile; nil for none.
    let filter: Digest?
    let host: HostView
    let expansion: MountExpansion?
    /// What to tell of a runtime that stands in for the first of auto's order; nil where none does.
    var substitution: String?
}
