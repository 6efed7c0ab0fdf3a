import ArtifactStore
import ContentAddressing
import HostFiles
import TarArchive

/// Layers of an image as they are unpacked.
struct LayerExpansion {
    private let store: Store
    private let blobs: [Digest: Spool]

    init(_ store: Store, _ blobs: [Digest: Spool]) {
        self.store = store
        self.blobs = blobs
    }

    /// Of compressed bytes at most so much may come, or so many times as much: text comes to a tenth or so, a file of zeros
    /// to a thousandth in gzip and less in zstd.
    private static let freeBytes: Int64 = 64 << 20
    private static let greatestRatio: Int64 = 100

    /// Whether a layer that comes to so many bytes may be compressed to so few: an import takes it.
    static func allows(_ bytes: Int64, of compressed: Int64) -> Bool { bytes <= most(of: compressed) }

    private static func most(of compressed: Int64) -> Int64 {
        let (product, isHuge) = compressed.multipliedReportingOverflow(by: greatestRatio)
        return isHuge ? .max : max(freeBytes, product)
    }

    /// A layer as it is unpacked, which has to be what its diff_id says, and at most `limit` bytes where one is known.
    ///
    /// - Throws: ``BundleError`` that names the layer.
    func expand(_ layer: Descriptor, to diffID: Digest, limit: Int64? = nil) throws -> Spool {
        guard let blob = blobs[layer.digest] else { throw BundleError("layer \(layer.digest) is missing") }
        guard let compression = MediaTypes.compression(ofLayer: layer.mediaType) else {
            throw BundleError("layer \(layer.digest): its media type is \(Printable.escaped(layer.mediaType))")
        }
        let spool = compression == .none ? blob : try expanded(blob, layer, compression, limit)
        guard spool.digest == diffID else {
            throw BundleError(
                "layer \(layer.digest) comes to \(spool.digest), the image's configuration says \(diffID)"
            )
        }
        return spool
    }

    private func expanded(
        _ blob: Spool,
        _ layer: Descriptor,
        _ compression: Compression,
        _ limit: Int64?
    ) throws -> Spool {
        let spool = try Spool(in: store)
        let most = min(limit ?? .max, Self.most(of: blob.count))
        let source = try blob.open()
        do throws(TarError) {
            try Expander.expand(descriptor: source.number, compression) { piece in
                guard spool.count + Int64(piece.count) <= most else {
                    throw BundleError("layer \(layer.digest): more than \(most) bytes come of its \(blob.count)")
                }
                try spool.write(piece)
            }
        } catch {
            if let cause = error.cause { throw cause }
            throw BundleError("layer \(layer.digest): \(error.message)")
        }
        return spool
    }
}
