package import ContentAddressing
import HostFiles
import JSONText
package import PipelineContracts
import TarArchive

/// What the first bytes of a bundle say of it: its record and the documents of its stages.
///
/// Nothing of it is stored, and of a large bundle only the head is read; each document has the digest that the record says.
package struct BundleHead: Sendable {
    package let record: BundleRecord
    /// Documents by digest.
    package let documents: [Digest: [UInt8]]

    /// Bytes of our layer that are read at most, as it travels and expanded.
    private static let limit = 16 << 20

    /// - Throws: ``BundleError`` for what is no bundle, or one that others ordered so that its head tells nothing.
    package init(_ file: Int32) throws {
        do {
            let blobs = try HeadBlobs(file, limit: Self.limit)
            let layer = try Self.expanded(blobs)
            (record, documents) = try Self.documents(layer)
        } catch let error as TarError {
            throw error.asBundleError
        }
    }

    private static func expanded(_ blobs: HeadBlobs) throws -> [UInt8] {
        guard let compression = MediaTypes.compression(ofLayer: blobs.layer.mediaType) else {
            throw BundleError(
                "layer \(blobs.layer.digest): its media type is \(Printable.escaped(blobs.layer.mediaType))"
            )
        }
        if compression == .none { return blobs.head }
        var bytes: [UInt8] = []
        do throws(TarError) {
            try Expander.expand(bytes: blobs.head, compression) { piece in
                bytes.append(contentsOf: piece)
                if bytes.count > limit { throw HeadIsRead() }
            }
        } catch {
            // What is there of one that is cut off is looked at.
            if bytes.isEmpty { throw error }
        }
        return bytes
    }

    private static func documents(_ layer: [UInt8]) throws -> (BundleRecord, [Digest: [UInt8]]) {
        var record: BundleRecord?
        var found: [(place: (stage: StageName, name: String), bytes: [UInt8])] = []
        do throws(TarError) {
            var tar = try TarReader(bytes: layer, limits: TarLimits(entries: 64, pathBytes: 64))
            while let entry = try tar.next() {
                let path = String(decoding: entry.path, as: UTF8.self)
                if path == BundleNames.record {
                    let body = try tar.readBody()
                    record = try? BundleRecord(JSONParser.parse(body))
                } else if let place = BundleNames.stageFile(path) {
                    guard entry.size <= limit, let bytes = try? tar.readBody() else { break }
                    found.append((place, bytes))
                }
            }
        } catch {
            // The head was cut off somewhere.
        }
        guard let record else {
            throw BundleError(
                "the head of the file has no \(BundleNames.record)",
                hint: "sbxpipe import reads all of it"
            )
        }
        var documents: [Digest: [UInt8]] = [:]
        for (place, bytes) in found {
            guard let said = record.receipt(place.stage)?.files[place.name], said.digest == Digest.of(bytes) else {
                throw BundleError("\(place.stage.folder)/\(place.name) is not what \(BundleNames.record) says")
            }
            documents[said.digest] = bytes
        }
        return (record, documents)
    }
}

/// Ends reading when there is enough.
private struct HeadIsRead: Error {}

/// The first blobs of a bundle, up to the layer that is ours.
private struct HeadBlobs {
    /// Our layer, and how it begins.
    private(set) var layer = Descriptor(mediaType: "", digest: Digest.of([]), size: 0)
    private(set) var head: [UInt8] = []

    init(_ file: Int32, limit: Int) throws {
        var index: [UInt8]?
        var blobs: [Digest: [UInt8]] = [:]
        var tar = try TarReader(descriptor: file, limits: TarLimits(entries: BundleReader.mostEntries, pathBytes: 128))
        while let entry = try tar.next() {
            let name = String(decoding: entry.path, as: UTF8.self)
            if name == BundleNames.index {
                index = try tar.readBody()
            } else if let digest = BundleNames.digest(ofBlob: name) {
                let wanted = try index.map { try Self.layer(index: $0, blobs) } ?? nil
                guard wanted?.digest == digest || entry.size <= BundleReader.documentLimit else { continue }
                let bytes = try Self.body(&tar, limit: limit)
                guard let wanted, wanted.digest == digest else {
                    blobs[digest] = bytes
                    continue
                }
                layer = wanted
                head = bytes
                return
            }
        }
        // Others order blobs by their names: then a small layer was passed already.
        guard let index, let wanted = try Self.layer(index: index, blobs), let bytes = blobs[wanted.digest] else {
            throw BundleError(
                "this is no bundle of sbxpipe, or its head does not tell",
                hint: "sbxpipe import reads all of it"
            )
        }
        layer = wanted
        head = bytes
    }

    /// The last layer of the image, as soon as the manifest is known.
    private static func layer(index: [UInt8], _ blobs: [Digest: [UInt8]]) throws -> Descriptor? {
        let index = try BundleImage.document(index, BundleNames.index)
        let place = try BundleImage.reading(BundleNames.index) { () throws(JSONShapeError) in
            try ImageManifest.only(in: index)
        }
        guard let bytes = blobs[place.digest] else { return nil }
        guard Digest.of(bytes) == place.digest else {
            throw BundleError("the manifest has another digest than its name")
        }
        let document = try BundleImage.document(bytes, "the manifest")
        return try BundleImage.reading("the manifest") { () throws(JSONShapeError) in try ImageManifest(document) }
            .layers.last
    }

    private static func body(_ tar: inout TarReader, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(TarError) {
            try tar.readBody { piece in
                bytes.append(contentsOf: piece)
                if bytes.count >= limit { throw HeadIsRead() }
            }
        } catch {
            // Of one that is cut off, what is there is looked at.
            guard error.cause is HeadIsRead || !bytes.isEmpty else { throw error }
        }
        return bytes
    }
}
