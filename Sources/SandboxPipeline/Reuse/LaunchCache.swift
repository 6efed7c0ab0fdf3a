import ArtifactStore
import ContentAddressing
import PipelineContracts
import PipelineCore

/// Launches by their keys, as records under the machine's key.
struct LaunchCache {
    private let store: Store

    init(_ store: Store) { self.store = store }

    /// What a launch of the key gave: its record, captures and outputs, by file; nil on a miss, also where one of them is
    /// missing or damaged.
    func lookUp(_ key: LaunchKey) throws(StoreError) -> [String: Descriptor]? {
        try ActionCache(store).lookUp(Self.path(key))?.receipt.files
    }

    /// Whether the key is known and all that it gave is there; nothing is moved.
    func holds(_ key: LaunchKey) throws(StoreError) -> Bool {
        let cache = ActionCache(store)
        guard let record = try cache.record(at: Self.path(key)) else { return false }
        return try cache.isComplete(record)
    }

    /// Remembers a launch that may be served; `launch` is the receipt of stage 5, `collected` that of stage 6.
    func remember(_ key: LaunchKey, launch: (Receipt, Descriptor), collected: [String: Descriptor]) throws(StoreError) {
        let files = launch.0.files.merging(collected) { own, _ in own }
        try ActionCache(store).remember(
            Self.path(key),
            stage: .launch,
            version: LaunchKey.version,
            key: key.components,
            receiptDescriptor: launch.1,
            receipt: Receipt(stage: .launch, files: files)
        )
    }

    private static func path(_ key: LaunchKey) -> String {
        ActionCache.path(.launch, version: LaunchKey.version, key: key.components)
    }
}
