package import ArtifactStore
import ContentAddressing
package import JSONText
package import PipelineContracts

/// What a stage would do, and by which key.
package struct StageForecast: Sendable {
    package let stage: StageName
    /// The key's components, by name.
    package let key: [String: JSONValue]
    /// Name of the action record.
    package let action: String
    package let isHit: Bool
    /// Whether the key was run before, but files that it gave are missing or damaged.
    package let isDamaged: Bool
}

/// Finds out what stages would do: nothing is stored, and what would have to run is run in memory.
package struct StageForecaster: StageExecutor {
    private let store: Store
    package private(set) var forecasts: [StageForecast] = []

    package init(_ store: Store) { self.store = store }

    package mutating func run<Work: Stage>(_ stage: Work, started: Int64) throws -> StageOutcome {
        let key = stage.key
        let path = ActionCache.path(Work.name, version: Work.version, key: key)
        let cache = ActionCache(store)
        let record = try cache.record(at: path)
        var isHit = false
        if let record { isHit = try cache.isComplete(record) }
        forecasts.append(
            StageForecast(
                stage: Work.name,
                key: key.merging(["version": .integer(Int64(Work.version))]) { own, _ in own },
                action: String(path.suffix(64)),
                isHit: isHit,
                isDamaged: record != nil && !isHit
            )
        )
        let receipt = try record?.receipt ?? Self.receipt(of: stage)
        let bytes = receipt.json.canonical()
        let descriptor = Descriptor(
            mediaType: ArtefactKind.receipt.mediaType,
            digest: Digest.of(bytes),
            size: Int64(bytes.count)
        )
        let report = StageReport(name: Work.name, receipt: descriptor, cached: isHit, seconds: 0)
        return StageOutcome(report: report, receipt: receipt, action: String(path.suffix(64)))
    }

    private static func receipt<Work: Stage>(of stage: Work) throws -> Receipt {
        // The last stage reads what the others would have stored, and nobody needs what it gives.
        if Work.name == .archive { return Receipt(stage: .archive, files: [:]) }
        var files: [String: Descriptor] = [:]
        for file in try stage.run() {
            files[file.name] = file.descriptor
        }
        return Receipt(stage: Work.name, files: files)
    }
}
