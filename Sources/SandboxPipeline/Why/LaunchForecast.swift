import ArtifactStore
import ContentAddressing
import JSONText
import PipelineContracts
import PipelineCore

/// The key of a launch, now and for the plan that it is compared with.
///
/// The launch key is the portable digest, the runtime's name, version and digest, and the enforcement (DESIGN.md, Keys).
struct LaunchForecast {
    private let changes: [KeyChange]

    init(_ walked: WalkedStages, _ ref: PlanRef?, _ store: Store) throws {
        let runtime = walked.runtime
        let now = try Self.key(walked.outcomes[2].receipt, runtime.name, runtime.launcher?.json)
        let before = try? ref.flatMap { try Self.key(of: $0, store) }
        changes = before.map { KeyComparison($0, now).changes } ?? []
    }

    func explanation(_ ledger: inout ChangeLedger) -> StageExplanation {
        let (own, follows) = ledger.divide(changes, of: .launch)
        return StageExplanation(
            stage: .launch,
            isHit: false,
            changes: own,
            follows: follows,
            reason: "cache is \"never\": a launch is not served from the cache"
        )
    }

    private static func key(of ref: PlanRef, _ store: Store) throws -> [String: JSONValue]? {
        guard let resolve = ref.receipts[.resolve], let materialize = ref.receipts[.materialize] else { return nil }
        let file = try Documents.receipt(resolve, from: store).file(.helpers)
        let helpers = try Documents.read(file.digest, from: store)
        let chosen = try helpers.string("chosen")
        let launcher = helpers["launchers"]?.arrayValue?.first { $0["name"]?.stringValue == chosen }
        return try key(try Documents.receipt(materialize, from: store), chosen, launcher)
    }

    private static func key(
        _ materialize: Receipt,
        _ runtime: String,
        _ launcher: JSONValue?
    ) throws -> [String: JSONValue] {
        var key: [String: JSONValue] = [
            "materialize.portable": .string(try materialize.file(.description).digest.description),
            "materialize.enforcement": .string(try materialize.file(.enforcement).digest.description),
            "helpers.chosen": .string(runtime),
        ]
        if let launcher {
            key["helpers.\(runtime)"] = .members(["version": launcher["version"], "digest": launcher["digest"]])
        }
        return key
    }
}
