import ContentAddressing
import JSONText
import PipelineContracts

/// The image that a bundle's tar holds: its documents, of which each blob is part.
struct BundleImage {
    let manifest: ImageManifest
    /// Digests of the layers as they are unpacked.
    let diffIDs: [Digest]

    /// - Throws: ``BundleError`` for a blob that is missing, has another size, or belongs to nothing.
    init(_ blobs: BundleBlobs) throws {
        try Self.checkLayout(blobs.layout)
        let index = try Self.document(blobs.index, BundleNames.index)
        let place = try Self.reading(BundleNames.index) { () throws(JSONShapeError) in try ImageManifest.only(in: index)
        }
        func document(_ descriptor: Descriptor, _ what: String) throws -> JSONValue {
            let bytes = try Self.spool(descriptor, what, blobs).bytes(limit: BundleReader.documentLimit)
            return try Self.document(bytes, what)
        }
        let text = try document(place, "the manifest")
        let manifest = try Self.reading("the manifest") { () throws(JSONShapeError) in try ImageManifest(text) }
        let configuration = try document(manifest.configuration, "the image's configuration")
        diffIDs = try Self.reading("the image's configuration") { () throws(JSONShapeError) in
            try ImageConfiguration.diffIDs(configuration)
        }
        guard diffIDs.count == manifest.layers.count else {
            throw BundleError(
                "the image's configuration has \(diffIDs.count) diff_ids for \(manifest.layers.count) layers"
            )
        }
        for layer in manifest.layers { _ = try Self.spool(layer, "a layer", blobs) }
        var left = Set(blobs.spools.keys)
        for part in [place, manifest.configuration] + manifest.layers { left.remove(part.digest) }
        if let extra = left.sorted().first {
            throw BundleError("entry \"\(BundleNames.blobs)\(extra.hex)\": is no part of the image")
        }
        self.manifest = manifest
    }

    static func checkLayout(_ bytes: [UInt8]?) throws {
        let layout = try document(bytes, BundleNames.layout)
        guard layout["imageLayoutVersion"]?.stringValue == "1.0.0" else {
            throw BundleError("entry \"\(BundleNames.layout)\": imageLayoutVersion is not 1.0.0")
        }
    }

    static func document(_ bytes: [UInt8]?, _ what: String) throws -> JSONValue {
        guard let bytes else { throw BundleError("\(what) is missing: this is no bundle of sbxpipe") }
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw BundleError("\(what) is no JSON: \(error)")
        }
    }

    static func reading<Value>(_ what: String, _ read: () throws(JSONShapeError) -> Value) throws -> Value {
        do throws(JSONShapeError) { return try read() } catch { throw BundleError("\(what): \(error)") }
    }

    private static func spool(_ descriptor: Descriptor, _ what: String, _ blobs: BundleBlobs) throws -> Spool {
        let entry = "entry \"\(BundleNames.blobs)\(descriptor.digest.hex)\""
        guard let spool = blobs.spools[descriptor.digest] else { throw BundleError("\(entry): is missing (\(what))") }
        guard spool.count == descriptor.size else {
            throw BundleError("\(entry): has \(spool.count) bytes, its descriptor says \(descriptor.size) (\(what))")
        }
        return spool
    }
}
