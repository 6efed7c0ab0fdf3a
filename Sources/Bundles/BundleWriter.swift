package import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
package import TarArchive

/// Writes a bundle: an image of the OCI image specification in a tar, its bytes a function of what it holds alone.
package struct BundleWriter {
    private let store: Store
    private let compression: Compression

    package init(_ store: Store, _ compression: Compression) {
        self.store = store
        self.compression = compression
    }

    /// A blob to write, in the store or on its way.
    private struct Blob {
        let descriptor: Descriptor
        let diffID: Digest
        var spool: Spool?
        var bytes: [UInt8]?
    }

    /// Writes it to a descriptor from where that stands; small things come first, so that a head tells what it is.
    ///
    /// - Throws: ``BundleError``, ``StoreError``, ``TarError``.
    package func write(_ contents: BundleContents, to file: Int32) throws {
        let time = contents.configuration.created
        let layers = try contents.layers.map(packed)
        let blobs = zip(contents.layers, layers)
        let readme = contents.readme.text(
            image: contents.imageName,
            layers: blobs.map { (descriptor: $1.descriptor, isRoot: $0.isRoot) }
        )
        let record = try recordLayer(contents.record, readme, time)
        let all = layers + [record]
        let configuration = Self.document(
            contents.configuration.json(
                diffIDs: all.map(\.diffID),
                timestamp: HostSystem.timestamp(time * 1_000_000_000)
            ),
            MediaTypes.configuration
        )
        let manifest = Self.document(
            ImageManifest(
                configuration: configuration.descriptor,
                layers: all.map(\.descriptor),
                roles: contents.layers.map { $0.isRoot ? "root" : "snapshot" } + ["record"]
            ).json,
            MediaTypes.manifest
        )
        let index = ImageManifest.index(manifest.descriptor, name: contents.imageName)
        var tar = try TarWriter { try FileContent.write($0, to: file, path: "the bundle") }
        try append(BundleNames.layout, Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), time, to: &tar)
        try append(BundleNames.index, index.canonical(), time, to: &tar)
        var written: Set<Digest> = []
        for blob in [manifest, configuration, record] + layers
        where written.insert(blob.descriptor.digest).inserted {
            try append(blob, time, to: &tar)
        }
        try tar.finish()
    }

    private static func document(_ json: JSONValue, _ mediaType: String) -> Blob {
        let bytes = json.canonical()
        let digest = Digest.of(bytes)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
        return Blob(descriptor: descriptor, diffID: digest, spool: nil, bytes: bytes)
    }

    /// A layer as it travels: a plain one is compressed as asked for, another stays what it was.
    private func packed(_ layer: BundleContents.Layer) throws -> Blob {
        let plain = Blob(descriptor: layer.descriptor, diffID: layer.diffID, spool: nil)
        guard compression != .none, layer.descriptor.mediaType == MediaTypes.layer else { return plain }
        let source = try store.open(layer.descriptor.digest)
        return try compressed(source.number, size: layer.descriptor.size, diffID: layer.diffID) ?? plain
    }

    /// Nil for what is not to be compressed.
    private func compressed(_ source: Int32, size: Int64, diffID: Digest) throws -> Blob? {
        let spool = try Spool(in: store)
        let compressor = try Compressor(compression) { try spool.write($0) }
        var position: Int64 = 0
        while position < size {
            let piece = try FileContent.read(descriptor: source, at: position, count: 1 << 18)
            if piece.isEmpty { throw BundleError("layer \(diffID) changed while it was read") }
            try piece.withUnsafeBytes { bytes throws in try compressor.write(bytes) }
            position += Int64(piece.count)
        }
        try compressor.finish()
        // Zeros by the gigabyte: an import would take it for a bomb.
        guard LayerExpansion.allows(size, of: spool.count) else { return nil }
        return Blob(descriptor: spool.descriptor(MediaTypes.layer(compression)), diffID: diffID, spool: spool)
    }

    /// The layer that is ours: what sbxpipe needs of the plan or run, and a text for people.
    private func recordLayer(_ record: BundleRecord, _ readme: String, _ time: Int64) throws -> Blob {
        let spool = try Spool(in: store)
        var tar = try TarWriter { try spool.write($0) }
        var folders: Set<String> = []
        func makeFolder(_ path: String, _ tar: inout TarWriter) throws {
            guard folders.insert(path).inserted else { return }
            try tar.append(TarEntry(path: Array(path.utf8), kind: .directory, mode: 0o755, size: 0, modified: time))
        }
        try makeFolder(BundleNames.folder, &tar)
        try append(BundleNames.record, record.json.canonical(), time, to: &tar)
        try append(BundleNames.readme, Array(readme.utf8), time, to: &tar)
        for (stage, name, descriptor) in record.files {
            guard BundleNames.isKnown(name, of: stage) else {
                throw BundleError("\(stage.folder)/\(Printable.escaped(name)) is nothing that a bundle holds")
            }
            try makeFolder("\(BundleNames.folder)/\(stage.folder)", &tar)
            try append(stored: descriptor, BundleNames.file(stage, name), time, to: &tar)
        }
        try tar.finish()
        let plain = spool.descriptor(MediaTypes.layer)
        let blob = Blob(descriptor: plain, diffID: plain.digest, spool: spool)
        guard compression != .none else { return blob }
        let source = try spool.open()
        return try compressed(source.number, size: plain.size, diffID: plain.digest) ?? blob
    }

    private func append(_ path: String, _ bytes: [UInt8], _ time: Int64, to tar: inout TarWriter) throws {
        try tar.append(Self.entry(path, Int64(bytes.count), time), bytes: bytes)
    }

    private func append(stored: Descriptor, _ path: String, _ time: Int64, to tar: inout TarWriter) throws {
        let file = try store.open(stored.digest)
        try tar.append(Self.entry(path, stored.size, time), descriptor: file.number)
    }

    private func append(_ blob: Blob, _ time: Int64, to tar: inout TarWriter) throws {
        let path = BundleNames.blobs + blob.descriptor.digest.hex
        if let bytes = blob.bytes { return try append(path, bytes, time, to: &tar) }
        guard let spool = blob.spool else { return try append(stored: blob.descriptor, path, time, to: &tar) }
        let file = try spool.open()
        try tar.append(Self.entry(path, blob.descriptor.size, time), descriptor: file.number)
    }

    private static func entry(_ path: String, _ size: Int64, _ time: Int64) -> TarEntry {
        TarEntry(path: Array(path.utf8), kind: .file, mode: 0o644, size: size, modified: time)
    }
}
