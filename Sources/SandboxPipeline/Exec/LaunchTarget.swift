package import ArtifactStore
package import ContentAddressing
package import PipelineContracts
package import PipelineCore
import Runtimes

/// A plan to launch, however it was named.
package struct LaunchTarget: Sendable {
    package let plan: Digest
    package let archive: Descriptor
    let launched: LaunchedPlan
    /// False for a plan that came from elsewhere, or may have.
    let isOwn: Bool
    package let name: String
    package let specFile: String?
    /// The plan's folder in `stages/`.
    package let folder: String
    /// The run or plan that this is a replay of.
    package var parent: Digest?
    /// Known when the plan was made just now.
    package let runtime: RuntimeFacts?
    let host: HostView?
    let expansion: MountExpansion?

    package init(_ planned: Planned, source: SpecSource) {
        plan = planned.report.plan
        archive = planned.archive
        launched = planned.launched
        isOwn = true
        name = planned.report.name
        specFile = source.file
        folder = planned.folder
        runtime = planned.runtime
        host = planned.host
        expansion = planned.expansion
    }

    /// A plan of the store; whether it may be launched is for who calls to find out (``ImportedPlan``).
    package init(_ ref: PlanRef, store: Store) throws {
        let hold = try store.hold()
        defer { hold.release() }
        try Catalog(store).refresh(ref)
        let manifest = try PlanManifest(try Documents.read(ref.plan, from: store))
        plan = ref.plan
        archive = manifest.archive
        launched = LaunchedPlan(manifest)
        isOwn = !ref.isImported
        name = ref.name
        specFile = ref.specFile
        folder = StageFolders.name(ref.name, ref.plan)
        runtime = nil
        host = nil
        expansion = nil
    }
}

extension LaunchTarget {
    /// The same plan for another name and spec file, which are part of no plan.
    init(_ target: LaunchTarget, name: String, specFile: String?) {
        plan = target.plan
        archive = target.archive
        launched = target.launched
        isOwn = target.isOwn
        self.name = name
        self.specFile = specFile
        folder = StageFolders.name(name, target.plan)
        runtime = target.runtime
        host = target.host
        expansion = target.expansion
    }
}

/// What of a plan counts for its launch, beside the archive.
struct LaunchedPlan: Sendable {
    let portable: Digest
    let enforcement: Digest
    /// Of roots and snapshots.
    let layers: [Descriptor]

    init(portable: Digest, enforcement: Digest, layers: [Descriptor]) {
        self.portable = portable
        self.enforcement = enforcement
        self.layers = layers
    }

    init(_ manifest: PlanManifest) {
        self.init(portable: manifest.portable, enforcement: manifest.enforcement, layers: manifest.layers)
    }
}
