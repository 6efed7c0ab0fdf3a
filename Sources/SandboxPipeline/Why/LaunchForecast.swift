import ArtifactStore
import ContentAddressing
import JSONText
import PipelineContracts
import PipelineCore
import HostFiles
import LaunchStage
import SandboxSpec

/// Whether `--reuse` would serve a launch, and how its key differs from that of the plan that it is compared with.
struct LaunchForecast {
    private let changes: [KeyChange]
    private let isHit: Bool
    private let reason: String?

    init(_ walked: WalkedStages, _ spec: Spec, _ ref: PlanRef?, _ context: PipelineContext) throws {
        let store = context.store
        // What an earlier launch's secrets were worth nobody knows: they count as they are now.
        let secrets = try SecretKey.components(
            of: walked.description.secrets,
            read: walked.secretBindings,
            by: context.secretReader,
            store: store
        )
        let materialize = walked.outcomes[2].receipt
        let kernel = HostSystem.kernel()
        let now = LaunchKey(
            LaunchedPlan(
                portable: try materialize.file(.description).digest,
                enforcement: try materialize.file(.enforcement).digest,
                layers: walked.layers ?? []
            ),
            LaunchKey.LaunchRuntime(walked.runtime, kernel: kernel.release, machine: kernel.machine),
            stdin: walked.description.stdin,
            hostSources: walked.hostSources,
            secrets: secrets
        )
        let before = try? ref.flatMap { try Self.key(of: $0, store, secrets) }
        changes = before.map { KeyComparison($0.components, now.components).changes } ?? []
        let policy = spec.cache ?? .never
        if policy == .never {
            isHit = false
            reason = "cache is \"never\": a launch is not served from the cache"
        } else if walked.layers == nil {
            isHit = false
            reason = "a snapshot was never launched as it is now"
        } else {
            isHit = try LaunchCache(store).holds(now)
            reason = isHit || !changes.isEmpty ? nil : "no launch of this key is kept that could be served"
        }
    }

    func explanation(_ ledger: inout ChangeLedger) -> StageExplanation {
        let (own, follows) = ledger.divide(isHit ? [] : changes, of: .launch)
        return StageExplanation(stage: .launch, isHit: isHit, changes: own, follows: follows, reason: reason)
    }

    private static func key(of ref: PlanRef, _ store: Store, _ secrets: [String: JSONValue]) throws -> LaunchKey? {
        guard let resolve = ref.receipts[.resolve], let materialize = ref.receipts[.materialize] else { return nil }
        let found = try Documents.receipt(resolve, from: store)
        let made = try Documents.receipt(materialize, from: store)
        let description = try SandboxDescription(
            try Documents.read(try made.file(.description).digest, from: store)
        )
        var bindings: [String: JSONValue] = [:]
        for kind in RuntimeBinding.kinds {
            bindings[kind.file] = try made.files[kind.file].map { try Documents.read($0.digest, from: store) }
        }
        let archive = try ref.receipts[.archive].map { try Documents.receipt($0, from: store) }
        return LaunchKey(
            LaunchedPlan(
                portable: try made.file(.description).digest,
                enforcement: try made.file(.enforcement).digest,
                layers: archive?.layers ?? []
            ),
            try LaunchKey.LaunchRuntime(
                helpers: try Documents.read(try found.file(.helpers).digest, from: store),
                host: try Documents.read(try found.file(.host).digest, from: store)
            ),
            stdin: description.stdin,
            hostSources: try RuntimeBinding(in: bindings).hostSources,
            secrets: secrets
        )
    }
}
