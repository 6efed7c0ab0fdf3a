package import ArtifactStore
import ContentAddressing
import HostFiles
import TarArchive

extension TreeStore {
    /// In a tree's folder, the list of the layers that it came of.
    private static let listName = "layers"

    /// The host path of the tree that a root's layers come to; it is unpacked unless it is there.
    ///
    /// It lies in `trees/<chain>/chain-<owner map>/root`: with the owners of the layers where the caller is root, else all
    /// of it is the caller's.
    ///
    /// - Throws: ``RootFilesystemError`` naming the layer and the entry that is refused; ``StoreError``.
    package func unpacked(_ layers: [RootLayer]) throws -> String {
        guard let place = place(of: layers) else { throw RootFilesystemError("root: there are no layers") }
        let root = store.path(place) + "/root"
        if try FileStatus.of(store.path(place)) != nil { return root }
        let temporary = store.temporaryPath("tree")
        defer { try? Folder.removeTree(temporary) }
        try Folder.make(temporary)
        try Folder.make(temporary + "/root", permissions: 0o755)
        let top = try OwnedDescriptor.open(temporary + "/root", [.read, .folder, .noFollow])
        var unpacker = LayerUnpacker(into: top.number, keepsOwners: user == 0)
        for layer in layers { try apply(layer, by: &unpacker) }
        try unpacker.finish()
        let manifest = try TreeManifest(of: temporary + "/root")
        let lines = layers.map { $0.blob.digest.hex + "\n" }.joined()
        for (name, bytes) in [(manifest.digest.hex, manifest.bytes), (Self.listName, Array(lines.utf8))] {
            let file = try OwnedDescriptor.open("\(temporary)/\(name)", [.write, .create, .exclusive], mode: 0o400)
            try FileContent.write(bytes, to: file.number)
        }
        try Folder.makeAll(AbsolutePath.parent(store.path(place)))
        // Whoever else unpacked it meanwhile has the same.
        _ = try Folder.renameWithoutReplacing(temporary, to: store.path(place))
        return root
    }

    /// The same, where it is unpacked already; nil else.
    package func present(_ layers: [RootLayer]) throws -> String? {
        guard let place = place(of: layers), try FileStatus.of(store.path(place)) != nil else { return nil }
        return store.path(place) + "/root"
    }

    private func place(of layers: [RootLayer]) -> String? {
        guard let chain = RootLayer.chain(layers) else { return nil }
        let map = user == 0 ? "0-0-4294967295" : "0-\(user)-1"
        return "\(Self.folder)/\(chain.hex)/chain-\(map)"
    }

    private func apply(_ layer: RootLayer, by unpacker: inout LayerUnpacker) throws {
        let file = try store.open(layer.blob.digest)
        do {
            let head = try FileContent.read(descriptor: file.number, at: 0, count: 4)
            let sum = ByteSum()
            let stream = try LayerStream(descriptor: file.number, LayerStream.compression(of: head)) { sum.update($0) }
            var reader = try LayerReader(stream)
            try unpacker.apply(&reader)
            guard sum.digest == layer.contents else {
                throw RootFilesystemError("holds \(sum.digest), where \(layer.contents) is what it is to hold")
            }
        } catch {
            throw RootFilesystemError("layer \(layer.blob.digest): \(error)")
        }
    }

    /// Digests, in hex digits, of the layers that the trees under a name in `trees` came of; none for a snapshot's.
    package static func layers(of name: String, in store: Store) -> [String] {
        let maps = (try? store.recordNames(in: "\(folder)/\(name)")) ?? []
        return maps.flatMap { map in
            let path = store.path("\(folder)/\(name)/\(map)/\(listName)")
            let bytes = (try? FileContent.read(path, limit: 1 << 20, noFollow: true)) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}
