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

    /// The files of an image layout in their order: small things first, so that a head tells what it is.
    private struct Layout {
        let layout: [UInt8]
        let index: [UInt8]
        /// Each once: manifest, configuration, sbxpipe's layer, the others.
        let blobs: [Blob]
    }

    /// Writes it to a descriptor from where that stands.
    ///
    /// - Throws: ``BundleError``, ``StoreError``, ``TarError``.
    package func write(_ contents: BundleContents, to file: Int32) throws {
        let time = contents.configuration.created
        let layout = try layout(contents)
        var tar = try TarWriter { try FileContent.write($0, to: file, path: "the bundle") }
        try append(BundleNames.layout, layout.layout, time, to: &tar)
        try append(BundleNames.index, layout.index, time, to: &tar)
        // Without entries of their own, skopeo as an ordinary user can't make these folders.
        for folder in BundleNames.folders {
            try tar.append(TarEntry(path: Array(folder.utf8), kind: .directory, mode: 0o755, size: 0, modified: time))
        }
        for blob in layout.blobs { try append(blob, time, to: &tar) }
        try tar.finish()
    }

    /// Makes an image layout in an empty folder, its blobs links to where their bytes are, for as long as `body` runs.
    ///
    /// - Throws: as ``write(_:to:)``, and what `body` throws.
    package func withLayout(_ contents: BundleContents, in folder: String, _ body: () throws -> Void) throws {
        let layout = try layout(contents)
        func write(_ bytes: [UInt8], to name: String) throws {
            let path = AbsolutePath.join(folder, name)
            let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive, .noFollow])
            try FileContent.write(bytes, to: file.number, path: path)
        }
        try Folder.makeAll(AbsolutePath.join(folder, "blobs/sha256"))
        try write(layout.layout, to: BundleNames.layout)
        try write(layout.index, to: BundleNames.index)
        for blob in layout.blobs {
            let name = BundleNames.blobs + blob.descriptor.digest.hex
            if let bytes = blob.bytes {
                try write(bytes, to: name)
            } else {
                // A damaged object is found here, and not by who gets it.
                if blob.spool == nil { _ = try store.open(blob.descriptor.digest) }
                let target = blob.spool?.path ?? store.path(of: blob.descriptor.digest)
                try Folder.link(AbsolutePath.join(folder, name), to: target)
            }
        }
        try withExtendedLifetime(layout.blobs.compactMap(\.spool), body)
    }

    private func layout(_ contents: BundleContents) throws -> Layout {
        let layers = try contents.layers.map(packed)
        let readme = contents.readme.text(
            image: contents.imageName,
            layers: zip(contents.layers, layers).map { (descriptor: $1.descriptor, isRoot: $0.isRoot) }
        )
        let record = try recordLayer(contents.record, readme, contents.configuration.created)
        let all = layers + [record]
        let configuration = Self.document(
            contents.configuration.json(
                diffIDs: all.map(\.diffID),
                timestamp: HostSystem.timestamp(contents.configuration.created * 1_000_000_000)
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
        var written: Set<Digest> = []
        return Layout(
            layout: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8),
            index: ImageManifest.index(manifest.descriptor, name: contents.imageName).canonical(),
            blobs: ([manifest, configuration, record] + layers).filter {
                written.insert($0.descriptor.digest).inserted
            }
        )
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
