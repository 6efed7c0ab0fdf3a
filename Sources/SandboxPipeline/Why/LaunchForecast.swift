import ArtifactStore
import ContentAddressing
import JSONText
import PipelineContracts
import PipelineCore

/// The key of a launch, now and for the plan that it is compared with.
///
/// The launch key is the portable digest, the runtime's name, version and digest, and the enforcement (DESIGN.md, Keys).
struct LaunchForecast {
    let explanation: StageExplanation

    init(_ walked: WalkedStages, _ ref: PlanRef?, _ store: Store) throws {
        let now = try Self.key(
            helpers: nil,
            materialize: walked.outcomes[2].receipt,
            runtime: walked.runtime
        )
        var changes: [KeyChange] = []
        if let ref, let before = try? Self.key(of: ref, store) { changes = KeyChange.between(before, now) }
        let (own, follows) = KeyChange.sorted(changes, of: .launch)
        explanation = StageExplanation(
            stage: .launch,
            isHit: false,
            changes: own,
            follows: follows,
            reason: "cache is \"never\": a launch is not served from the cache"
        )
    }

    private static func key(of ref: PlanRef, _ store: Store) throws -> [String: JSONValue] {
        guard let resolve = ref.receipts[.resolve], let materialize = ref.receipts[.materialize] else { return [:] }
        let helpers = try Documents.read(
            try Documents.receipt(resolve, from: store).file(.helpers).digest,
            from: store
        )
        return try key(helpers: helpers, materialize: try Documents.receipt(materialize, from: store), runtime: nil)
    }

    private static func key(
        helpers: JSONValue?,
        materialize: Receipt,
        runtime: RuntimeFacts?
    ) throws -> [String: JSONValue] {
        var key: [String: JSONValue] = [
            "materialize.portable": .string(try materialize.file(.description).digest.description),
            "materialize.enforcement": .string(try materialize.file(.enforcement).digest.description),
        ]
        switch runtime {
        case .bubblewrap(let launcher): key["helpers.\(launcher.name)"] = facts(launcher.json)
        case .direct: key["helpers.chosen"] = .string(RuntimeFacts.direct.name)
        case nil:
            let chosen = helpers?["chosen"]?.stringValue ?? ""
            let launcher = helpers?["launchers"]?.arrayValue?.first { $0["name"]?.stringValue == chosen }
            if let launcher { key["helpers.\(chosen)"] = facts(launcher) } else { key["helpers.chosen"] = .string(chosen) }
        }
        return key
    }

    private static func facts(_ launcher: JSONValue) -> JSONValue {
        .members(["version": launcher["version"], "digest": launcher["digest"]])
    }
}
