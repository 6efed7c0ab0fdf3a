import ArtifactStore
package import ContentAddressing
package import JSONText
import PipelineContracts
package import PipelineCore
import SandboxSpec

/// What each stage would do with a spec, and why.
package struct Explanation: Sendable, Hashable {
    package let name: String
    /// The plan that keys are compared with; nil when there is none.
    package let comparedWith: Digest?
    package let stages: [StageExplanation]
    /// Whether the spec lets the cache serve the launch.
    private let countsLaunch: Bool

    /// Whether all stages up to the archive would hit; the launch counts only where the cache may serve it.
    package var isHit: Bool { stages.allSatisfy { $0.isHit || ($0.stage == .launch && !countsLaunch) } }

    /// `sbxpipe.why/v1`.
    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.why/v1",
            "name": .string(name),
            "comparedWith": comparedWith.map { .string($0.description) },
            "hit": .bool(isHit),
            "stages": .array(stages.map(\.json)),
        ])
    }

    /// Explains what planning a spec would do.
    ///
    /// It is compared with `other`, or with the newest plan of the spec's name, of its file if there is one. Nothing is
    /// stored.
    ///
    /// - Throws: ``PipelineError``, as planning it would.
    package init(_ source: SpecSource, comparedWith other: PlanRef?, _ context: PipelineContext, _ options: PlanOptions)
        throws
    {
        do {
            var forecaster = StageForecaster(context.store)
            let walked = try Planner(context, options).walk(source, with: &forecaster)
            let ref = try other ?? Catalog(context.store).newestPlan(of: source)
            let keys = EarlierKeys(ref, source, context.store)
            var ledger = ChangeLedger()
            name = source.spec.name
            comparedWith = ref?.plan
            countsLaunch = source.spec.cache ?? .never != .never
            stages =
                try forecaster.forecasts.map { try Self.explain($0, keys, &ledger) }
                + [try LaunchForecast(walked, source.spec, ref, context).explanation(&ledger)]
        } catch {
            throw PipelineError(error, source: source.label)
        }
    }

    private static func explain(
        _ forecast: StageForecast,
        _ keys: EarlierKeys,
        _ ledger: inout ChangeLedger
    ) throws -> StageExplanation {
        func explanation(_ changes: [KeyChange], _ reason: String?) -> StageExplanation {
            let (own, follows) = ledger.divide(changes, of: forecast.stage)
            return StageExplanation(
                stage: forecast.stage,
                isHit: forecast.isHit,
                changes: keys.spelledOut(own, hasCause: !follows.isEmpty),
                follows: follows,
                reason: reason
            )
        }
        if forecast.isHit { return explanation([], nil) }
        if forecast.isDamaged { return explanation([], "what it gave before is missing or damaged in the store") }
        guard let plan = keys.plan else { return explanation([], "nothing was planned under this name before") }
        guard let key = try keys.key(of: forecast.stage) else {
            return explanation([], "the key of plan \(plan.short) is not in the store any more")
        }
        let changes = KeyComparison(key, forecast.key).changes
        if !changes.isEmpty { return explanation(changes, nil) }
        return explanation(
            [],
            key == forecast.key
                ? "the key is known, but no record of it is good"
                : "the same sources stand at other places of the spec's list"
        )
    }
}

/// The keys that a plan's stages had.
private struct EarlierKeys {
    private let ref: PlanRef?
    private let source: SpecSource
    private let store: Store

    init(_ ref: PlanRef?, _ source: SpecSource, _ store: Store) {
        self.ref = ref
        self.source = source
        self.store = store
    }

    var plan: Digest? { ref?.plan }

    /// Nil when it is not known any more, or not by this machine.
    func key(of stage: StageName) throws -> [String: JSONValue]? {
        guard let action = ref?.actions[stage] else { return nil }
        return try ActionCache(store).record(at: "actions/\(stage.rawValue)/\(action)")?.key
    }

    /// The archive holds the spec as a whole, by its digest: which of its fields changed, unless the stages where they
    /// count told of a cause.
    func spelledOut(_ changes: [KeyChange], hasCause: Bool) -> [KeyChange] {
        guard let place = changes.firstIndex(where: { $0.component == "spec" }) else { return changes }
        var changes = changes
        if hasCause {
            changes.remove(at: place)
        } else if let before = earlierSpec {
            let fields = KeyComparison(["spec": before], ["spec": .object(source.spec.identity)]).changes
            if !fields.isEmpty { changes.replaceSubrange(place...place, with: fields) }
        }
        return changes
    }

    private var earlierSpec: JSONValue? {
        guard let receipt = ref?.receipts[.archive],
            let file = try? Documents.receipt(receipt, from: store).file(.specification)
        else { return nil }
        return try? Documents.read(file.digest, from: store)
    }
}

extension Spec {
    /// Its fields but for those that are part of no plan.
    fileprivate var identity: [String: JSONValue] {
        (json.objectValue ?? [:]).filter { $0.key != "name" && $0.key != "annotations" }
    }
}

extension Catalog {
    /// The newest plan of a spec's name; of those of its own file, where another file of the same name was planned since.
    fileprivate func newestPlan(of source: SpecSource) throws -> PlanRef? {
        guard let newest = try newestPlan(named: source.spec.name), newest.specFile != source.file else {
            return try newestPlan(named: source.spec.name)
        }
        let own = try planDigests().compactMap { try plan($0) }
            .filter { $0.name == newest.name && $0.specFile == source.file }
        return own.max { $0.created < $1.created } ?? newest
    }
}
