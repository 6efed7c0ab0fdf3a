import SandboxSpec
package import ContentAddressing
package import JSONText
package import PipelineContracts
package import PipelineCore

/// Why a stage would hit or not (`why`).
package struct StageExplanation: Sendable, Hashable {
    package let stage: StageName
    package let isHit: Bool
    /// For a miss: what differs from the key of the plan that it is compared with.
    package let changes: [KeyChange]
    /// For a miss: earlier stages whose results it reads, and which changed.
    package let follows: [StageName]
    /// For what no component explains.
    package let reason: String?

    /// An entry of `sbxpipe.why/v1`.
    var json: JSONValue {
        .members([
            "name": .string(stage.rawValue),
            "hit": .bool(isHit),
            "changes": .array(changes.map(\.json)),
            "follows": .strings(follows.map(\.rawValue)),
            "reason": reason.map(JSONValue.string),
        ])
    }
}

/// What each stage would do with a spec, and why.
package struct Explanation: Sendable, Hashable {
    package let name: String
    /// The plan that keys are compared with; nil when there is none.
    package let comparedWith: Digest?
    package let stages: [StageExplanation]

    /// Whether all stages up to the archive would hit; the launch counts only where the cache may serve it.
    package var isHit: Bool { stages.allSatisfy { $0.isHit || $0.stage == .launch } }

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
    /// It is compared with `other`, or with the newest plan of the spec's name. Nothing is stored.
    ///
    /// - Throws: ``PipelineError``, as planning it would.
    package init(_ source: SpecSource, comparedWith other: PlanRef?, _ context: PipelineContext, _ options: PlanOptions)
        throws
    {
        do {
            var forecaster = StageForecaster(context.store)
            let walked = try Planner(context, options).walk(source, with: &forecaster)
            let ref = try other ?? Catalog(context.store).newestPlan(named: source.spec.name)
            name = source.spec.name
            comparedWith = ref?.plan
            var stages = try forecaster.forecasts.map { try Self.explain($0, ref, ActionCache(context.store)) }
            stages.append(try LaunchForecast(walked, ref, context.store).explanation)
            self.stages = stages
        } catch {
            throw PipelineError(error, source: source.label)
        }
    }

    private static func explain(
        _ forecast: StageForecast,
        _ ref: PlanRef?,
        _ cache: ActionCache
    ) throws -> StageExplanation {
        func explanation(_ changes: [KeyChange] = [], _ reason: String? = nil) -> StageExplanation {
            let (own, follows) = KeyChange.sorted(changes, of: forecast.stage)
            return StageExplanation(
                stage: forecast.stage,
                isHit: forecast.isHit,
                changes: own,
                follows: follows,
                reason: reason
            )
        }
        if forecast.isHit { return explanation() }
        if forecast.isDamaged { return explanation([], "what it gave before is missing or damaged in the store") }
        guard let ref else { return explanation([], "nothing was planned under this name before") }
        let folder = "actions/\(forecast.stage.rawValue)/"
        guard let action = ref.actions[forecast.stage], let record = try cache.record(at: folder + action) else {
            return explanation([], "the key of plan \(ref.plan.short) is not in the store any more")
        }
        let changes = KeyChange.between(record.key, forecast.key)
        return explanation(changes, changes.isEmpty ? "the key is known, but no record of it is good" : nil)
    }
}
