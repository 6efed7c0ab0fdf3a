package import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import TarArchive

/// Where a root comes from on this host: finds out what it holds, and takes its layers into the store.
package enum RootSource: Sendable {
    /// A folder, whose layer has that time in all entries, in seconds since 1970.
    case folder(SnapshotSource, time: Int64)
    /// The path of one tar.
    case tar(String)
    /// The path of an image layout, folder or archive; the tag or digest in it, and the machine as uname(2) has it.
    case image(String, reference: String?, machine: String)
    /// Layers of an earlier plan, which are in the store.
    case stored

    /// What it holds; nothing of it is kept but what spares reading it again.
    ///
    /// - Throws: ``RootFilesystemError``, ``FileError``.
    package func content(_ store: Store) throws -> RootContent {
        switch self {
        case .folder(let source, let time):
            let tree = try SnapshotDigest(source, store).find()
            let layer = SnapshotLayer(tree: tree, place: "/", time: time)
            if let made = try layer.recorded(in: store) { return Self.content(plain: made) }
            // Who has no lease only looks.
            let found =
                try store.lease == nil ? layer.descriptor(of: source, in: store) : layer.make(from: source, in: store)
            return Self.content(plain: found)
        case .tar(let path): return RootContent(layers: [try TarFile(path: path).layer(store)])
        case .stored: throw RootFilesystemError("root: its layers are those of an earlier plan")
        case .image(let path, let reference, let machine):
            return try ImageLayout.open(path, store).content(reference, machine: machine)
        }
    }

    private static func content(plain layer: Descriptor) -> RootContent {
        RootContent(layers: [RootLayer(blob: layer, contents: layer.digest)])
    }

    /// Takes those layers into the store that are not there, each checked.
    ///
    /// - Throws: ``RootFilesystemError`` when the source no longer holds them; ``StoreError``.
    package func keep(_ content: RootContent, in store: Store) throws {
        for layer in content.layers where try !store.isPresent(layer.blob) {
            switch self {
            case .folder(let source, let time):
                let tree = try SnapshotDigest(source, store).find()
                guard try SnapshotLayer(tree: tree, place: "/", time: time).make(from: source, in: store) == layer.blob
                else { throw RootFilesystemError("changed since it was looked at", hint: "plan it again") }
            case .tar(let path):
                let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
                try store.copy(layer.blob, from: file.number, at: 0)
            case .stored: throw RootFilesystemError("layer \(layer.blob.digest) of an earlier plan is no longer there")
            case .image(let path, _, _): try ImageLayout.open(path, store).copy(layer.blob, into: store)
            }
        }
    }
}

/// A tar on the host as a root's one layer.
struct TarFile {
    let path: String

    func layer(_ store: Store) throws -> RootLayer {
        let found = try FileIndex(path: path, question: "layer", store: store).answer { file in
            let head = try FileContent.read(descriptor: file, at: 0, count: 4)
            let compression = LayerStream.compression(of: head)
            let contents = ByteSum()
            let stream = try LayerStream(descriptor: file, compression) { contents.update($0) }
            try stream.readAll()
            var blob = StreamingDigest()
            while true {
                let piece = try FileContent.read(descriptor: file, at: blob.count, count: 1 << 18)
                if piece.isEmpty { break }
                blob.update(piece)
            }
            let type = ImageMediaType.layer(compression)
            let descriptor = Descriptor(mediaType: type, digest: blob.digest(), size: blob.count)
            return ["blob": descriptor.json, "contents": .string(contents.digest.description)]
        }
        return RootLayer(blob: try Descriptor(try found.required("blob")), contents: try found.digest("contents"))
    }
}

extension Store {
    /// Copies a blob out of a file that others have; it is kept only if it is what its descriptor says.
    func copy(_ blob: Descriptor, from file: Int32, at offset: Int64) throws {
        var writer = try BlobWriter(in: self)
        while writer.count < blob.size {
            let wanted = Int(min(1 << 18, blob.size - writer.count))
            let piece = try FileContent.read(descriptor: file, at: offset + writer.count, count: wanted)
            if piece.isEmpty { break }
            try writer.write(piece)
        }
        guard writer.count == blob.size, writer.currentDigest() == blob.digest else {
            throw RootFilesystemError("layer \(blob.digest): has other bytes than its digest and size say")
        }
        _ = try writer.finish(mediaType: blob.mediaType)
    }
}
