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

    package init(_ json: JSONValue) throws(JSONShapeError) {
        components = try json.object("inputs")
        receiptDescriptor = try Descriptor(try json.required("receipt"))
        receipt = try Receipt(try json.required("outputs"))
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
        guard let (value, isTrusted) = try store.record(at: path), isTrusted else { return nil }
        guard let record = try? ActionRecord(value) else { return nil }
        for descriptor in [record.receiptDescriptor] + record.receipt.files.values {
            guard try store.isStored(descriptor) else { return nil }
        }
        return record
    }

    /// Remembers what a key gave.
    package func remember(
        _ path: String,
        stage: StageName,
        key: [String: JSONValue],
        receiptDescriptor: Descriptor,
        receipt: Receipt
    ) throws(StoreError) {
        try store.putRecord(
            [
                "schema": "sbxpipe.action/v1",
                "stage": .string(stage.rawValue),
                "inputs": .object(key),
                "receipt": receiptDescriptor.json,
                "outputs": receipt.json,
            ],
            at: path
        )
    }
}
