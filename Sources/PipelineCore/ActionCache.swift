package import ArtifactStore
package import ContentAddressing
package import JSONText
package import PipelineContracts

/// What a stage did before: the key's components and the receipt that came of them.
package struct ActionRecord: Sendable, Hashable {
    /// By name, as the stage gave them.
    package let components: [String: JSONValue]
    /// Descriptor of the receipt.
    package let receiptDescriptor: Descriptor
    package let receipt: Receipt

    /// The components and the stage's version, as ``StageForecast/key`` has them.
    package let key: [String: JSONValue]

    package init(_ json: JSONValue) throws(JSONShapeError) {
        components = try json.object("inputs")
        receiptDescriptor = try Descriptor(try json.required("receipt"))
        receipt = try Receipt(try json.required("outputs"))
        key = components.merging(["version": .integer(json["version"]?.integerValue ?? 1)]) { own, _ in own }
    }
}

/// Keys to receipts, as records under the machine's key.
package struct ActionCache {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// Where the record of a key lies below `cache/`.
    package static func path(_ stage: StageName, version: Int, key: [String: JSONValue]) -> String {
        let document: JSONValue = [
            "stage": .string(stage.rawValue), "version": .integer(Int64(version)), "inputs": .object(key),
        ]
        return "actions/\(stage.rawValue)/\(Digest.of(document.canonical()).hex)"
    }

    /// What the key gave before; nil on a miss.
    ///
    /// A record of another machine is a miss, and so is one whose files went or are damaged; these make way.
    package func lookUp(_ path: String) throws(StoreError) -> ActionRecord? {
        guard let record = try record(at: path) else { return nil }
        for descriptor in [record.receiptDescriptor] + record.receipt.files.values {
            guard try isThere(descriptor, of: record) else { return nil }
        }
        return record
    }

    /// Whether a file is there, and whole.
    ///
    /// Of a snapshot's layer, which may have gigabytes, only the size is looked at: a launch checks it before it unpacks it,
    /// once.
    private func isThere(_ descriptor: Descriptor, of record: ActionRecord) throws(StoreError) -> Bool {
        if record.receipt.stage == .archive, descriptor.mediaType == ArtefactKind.layer.mediaType {
            return try store.isPresent(descriptor)
        }
        return try store.isStored(descriptor)
    }

    /// What this machine recorded, whether the files are there or not.
    package func record(at path: String) throws(StoreError) -> ActionRecord? {
        guard let (value, isTrusted) = try store.record(at: path), isTrusted else { return nil }
        return try? ActionRecord(value)
    }

    /// Whether all files of a record are there and whole; nothing is moved.
    package func isComplete(_ record: ActionRecord) throws(StoreError) -> Bool {
        for descriptor in [record.receiptDescriptor] + record.receipt.files.values {
            let isLayer = record.receipt.stage == .archive && descriptor.mediaType == ArtefactKind.layer.mediaType
            guard try isLayer ? store.isPresent(descriptor) : store.isIntact(descriptor.digest) else { return false }
        }
        return true
    }

    /// Remembers what a key gave.
    package func remember(
        _ path: String,
        stage: StageName,
        version: Int,
        key: [String: JSONValue],
        receiptDescriptor: Descriptor,
        receipt: Receipt
    ) throws(StoreError) {
        try store.putRecord(
            [
                "schema": "sbxpipe.action/v1",
                "stage": .string(stage.rawValue),
                "version": .integer(Int64(version)),
                "inputs": .object(key),
                "receipt": receiptDescriptor.json,
                "outputs": receipt.json,
            ],
            at: path
        )
    }
}
