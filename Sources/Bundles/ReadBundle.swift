package import ContentAddressing
package import PipelineContracts

/// A bundle that was read and checked, in temporary files.
package final class ReadBundle {
    package let record: BundleRecord
    /// The plan's layers as it names them.
    package let layers: [Descriptor]
    private let files: [Digest: Spool]

    init(record: BundleRecord, layers: [Descriptor], files: [Digest: Spool]) {
        self.record = record
        self.layers = layers
        self.files = files
    }

    /// The bytes of a stage's file.
    package func bytes(_ descriptor: Descriptor) throws -> [UInt8] {
        guard let spool = files[descriptor.digest] else { throw BundleError("\(descriptor.digest) is missing") }
        return try spool.bytes(limit: 64 << 20)
    }

    /// Makes all of it objects of the store that it was read for; once.
    package func publish() throws {
        let all = layers + record.files.map(\.descriptor)
        var done: Set<Digest> = []
        for descriptor in all where done.insert(descriptor.digest).inserted {
            _ = try files[descriptor.digest]?.publish(descriptor.mediaType)
        }
    }
}
