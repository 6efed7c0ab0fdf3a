import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import TarArchive

/// Reads the layer of a bundle that is ours, and by what it says the plan's layers.
struct RecordReader {
    private let store: Store

    init(_ store: Store) { self.store = store }

    func read(_ image: BundleImage, _ blobs: [Digest: Spool]) throws -> ReadBundle {
        let layers = Array(zip(image.manifest.layers, image.diffIDs))
        guard let (last, diffID) = layers.last else { throw BundleError("the image has no layers") }
        let expansion = LayerExpansion(store, blobs)
        var (record, files) = try files(of: try expansion.expand(last, to: diffID))
        let check = RecordCheck(record, files)
        let planned = try check.plannedLayers()
        guard planned.count == layers.count - 1 else {
            throw BundleError("the image has \(layers.count - 1) layers below the last, its plan has \(planned.count)")
        }
        for (wanted, (layer, diffID)) in zip(planned, layers) {
            let isKept = layer.digest == wanted.digest
            guard isKept || diffID == wanted.digest else {
                throw BundleError("layer \(layer.digest) comes to \(diffID), its plan has \(wanted.digest) there")
            }
            // One that the plan has compressed stays so; that it comes to its diff_id is checked all the same.
            let spool = try expansion.expand(layer, to: diffID, limit: isKept ? nil : wanted.size)
            let kept = isKept ? blobs[layer.digest] : spool
            guard kept?.count == wanted.size else {
                throw BundleError("layer \(layer.digest) has not the \(wanted.size) bytes that its plan says")
            }
            files[wanted.digest] = kept
        }
        try check.check()
        return ReadBundle(record: record, layers: planned, files: files)
    }

    /// What the layer says it holds, and its files by digest.
    private func files(of layer: Spool) throws -> (BundleRecord, [Digest: Spool]) {
        let source = try layer.open()
        let limits = TarLimits(entries: 64, pathBytes: 64, memoryBytes: BundleReader.documentLimit)
        var tar = try TarReader(descriptor: source.number, limits: limits)
        var record: BundleRecord?
        var found: [String: Spool] = [:]
        while let entry = try tar.next() {
            let path = String(decoding: entry.path, as: UTF8.self)
            switch entry.kind {
            case .directory where path == BundleNames.folder || BundleNames.stageFolders.contains(path): break
            case .file where path == BundleNames.readme: _ = try tar.readBody()
            case .file where path == BundleNames.record:
                let document = try BundleImage.document(try tar.readBody(), path)
                record = try BundleImage.reading(path) { () throws(JSONShapeError) in
                    try ArtefactKind.bundle.shape?.check(document)
                    return try BundleRecord(document)
                }
            case .file where BundleNames.stageFile(path) != nil:
                let spool = try Spool(in: store)
                try tar.readBody { try spool.write($0) }
                found[path] = spool
            default:
                let shown = TarError.escaped(entry.path)
                throw BundleError("entry \"\(shown)\" of the last layer: is nothing that a bundle holds")
            }
        }
        guard let record else { throw BundleError("\(BundleNames.record) is missing: this is no bundle of sbxpipe") }
        return (record, try matched(record, found))
    }

    /// The files that the record names, by digest, where these are all that there are.
    private func matched(_ record: BundleRecord, _ found: [String: Spool]) throws -> [Digest: Spool] {
        var files: [Digest: Spool] = [:]
        var rest = found
        for (stage, name, descriptor) in record.files {
            let path = BundleNames.file(stage, name)
            guard let spool = rest.removeValue(forKey: path) else {
                throw BundleError("entry \"\(Printable.escaped(path))\" of the last layer: is missing")
            }
            guard spool.digest == descriptor.digest, spool.count == descriptor.size else {
                throw BundleError("entry \"\(path)\" of the last layer: is not what \(BundleNames.record) says")
            }
            files[descriptor.digest] = spool
        }
        if let extra = rest.keys.sorted().first {
            throw BundleError("entry \"\(extra)\" of the last layer: is not named in \(BundleNames.record)")
        }
        return files
    }
}
