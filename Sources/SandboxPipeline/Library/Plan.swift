public import ContentAddressing
import LaunchStage
import PipelineContracts
import PipelineCore

/// A specification that was resolved, lowered and archived: everything that a launch needs, by name.
///
/// It is a name for what is in the store, not the thing itself: it may be kept, sent to other threads and used any number
/// of times, by any ``Pipeline`` of the same store. Garbage collection leaves a plan alone for an hour after it was
/// planned or used, and as long as it is the newest of its name, or has runs that are kept; one that went is an error with
/// ``SandboxError/Code/missing``, and planning its specification again makes it anew.
public struct Plan: Sendable, Hashable {
    /// The plan's identity: the sandbox, its binding to this host, and its command.
    public let digest: Digest
    /// Digest of the sandbox's description without paths and ids of this host: the same wherever the specification and
    /// its inputs are.
    public let portableDigest: Digest
    /// The specification's name, which its runs have too; part of no digest.
    public let name: String
    /// The specification's file, which no command may write.
    let specFile: String?
}

extension Plan {
    init(_ report: PlanReport, _ source: SpecSource) {
        digest = report.plan
        portableDigest = report.portable
        name = report.name
        specFile = source.file
    }
}

extension Plan {
    /// A plan of the store.
    init(_ ref: PlanRef, _ context: PipelineContext) throws {
        digest = ref.plan
        portableDigest = try PlanManifest(try Documents.read(ref.plan, from: context.store)).portable
        name = ref.name
        specFile = ref.specFile
    }
}

extension LaunchTarget {
    /// The plan as the store has it now: nothing that was looked up when it was made counts any more.
    ///
    /// - Throws: ``SandboxError`` when the plan is gone, or is not this machine's.
    init(_ plan: Plan, _ context: PipelineContext) throws {
        guard let ref = try Catalog(context.store).plan(plan.digest) else {
            throw SandboxError(
                "plan \(plan.digest) of \(plan.name) is not in the store",
                hint: "plan its specification again",
                code: .missing
            )
        }
        guard !ref.isImported else { throw SandboxError.imported(ref) }
        let target = try LaunchTarget(ref, store: context.store)
        self.init(target, name: plan.name, specFile: plan.specFile)
    }
}

extension SandboxError {
    static func imported(_ ref: PlanRef) -> SandboxError {
        SandboxError(
            "plan \(ref.plan) of \(ref.name) was not made by you on this machine, so it counts as imported",
            hint: "inspect it; its specification is archive/spec.json, which you may plan yourself",
            code: .notPermitted
        )
    }
}
