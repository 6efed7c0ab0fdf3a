import JSONText
package import PipelineContracts
import PipelineCore

/// Why a stage would hit or not (`why`).
package struct StageExplanation: Sendable, Hashable {
    package let stage: StageName
    /// Of a launch, whether `--reuse` would serve it.
    package let isHit: Bool
    /// What differs from the key of the plan that it is compared with, and that no earlier stage gave.
    package let changes: [KeyChange]
    /// Earlier stages that gave something else than before.
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

/// Tells what changed for a stage from what only came of a change that an earlier stage told of.
struct ChangeLedger {
    /// What was told of already, and where.
    private var told: [KeyChange: StageName] = [:]

    /// Divides what differs in a stage's key into its own and the stages that it follows.
    ///
    /// A component named by an earlier stage (`materialize.enforcement.json`) is what that one gave. So is one that resolve
    /// found out (`inputs`, `helpers`, `host`) and told of.
    mutating func divide(_ changes: [KeyChange], of stage: StageName) -> (own: [KeyChange], follows: [StageName]) {
        var own: [KeyChange] = []
        var follows: Set<StageName> = []
        for change in changes {
            let first = String(change.component.prefix { $0 != "." })
            if let earlier = StageName(rawValue: first), earlier.number < stage.number {
                follows.insert(earlier)
            } else if let earlier = told[change], first != "spec" {
                follows.insert(earlier)
            } else {
                own.append(change)
            }
        }
        for change in own where told[change] == nil { told[change] = stage }
        return (own, follows.sorted { $0.number < $1.number })
    }
}
