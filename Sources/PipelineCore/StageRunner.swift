package import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
package import PipelineContracts

/// Runs stages against a store: what did not change is not done again.
package struct StageRunner: StageExecutor {
    package let store: Store
    private let cache: ActionCache
    /// False under `--no-cache`: every stage runs, and its result is stored all the same.
    private let usesCache: Bool
    private let failsOnMiss: Bool

    package init(store: Store, usesCache: Bool = true, failsOnMiss: Bool = false) {
        self.store = store
        self.usesCache = usesCache
        self.failsOnMiss = failsOnMiss
        cache = ActionCache(store)
    }

    /// Gives what the stage gave before for the same key, or runs it and remembers.
    package func run<Work: Stage>(_ stage: Work, started: Int64 = HostSystem.monotonicTime()) throws -> StageOutcome {
        let key = stage.key
        let path = ActionCache.path(Work.name, version: Work.version, key: key)
        if usesCache, let record = try cache.lookUp(path) {
            return outcome(record.receipt, record.receiptDescriptor, path, cached: true, started)
        }
        if failsOnMiss { throw CacheMiss(stage: Work.name) }
        var files: [String: Descriptor] = [:]
        for file in try stage.run() {
            switch file.content {
            case .bytes(let bytes): files[file.name] = try store.put(bytes, mediaType: file.mediaType)
            case .stored(let descriptor): files[file.name] = descriptor
            }
        }
        let receipt = Receipt(stage: Work.name, files: files)
        let descriptor = try store.put(receipt.json.canonical(), mediaType: ArtefactKind.receipt.mediaType)
        try cache.remember(
            path,
            stage: Work.name,
            version: Work.version,
            key: key,
            receiptDescriptor: descriptor,
            receipt: receipt
        )
        return outcome(receipt, descriptor, path, cached: false, started)
    }

    private func outcome(
        _ receipt: Receipt,
        _ descriptor: Descriptor,
        _ path: String,
        cached: Bool,
        _ started: Int64
    ) -> StageOutcome {
        store.lease?.count(receipt.stage.rawValue, hit: cached)
        let seconds = Double(HostSystem.monotonicTime() - started) / 1e9
        return StageOutcome(
            report: StageReport(name: receipt.stage, receipt: descriptor, cached: cached, seconds: seconds),
            receipt: receipt,
            action: String(path.suffix(64))
        )
    }
}

/// `--fail-on-cache-miss`: a stage would have had to run.
package struct CacheMiss: Error, Sendable, CustomStringConvertible {
    package let stage: StageName

    package init(stage: StageName) { self.stage = stage }

    package var description: String { "stage \(stage.rawValue) is not in the cache" }
}
