package import ArtifactStore
package import ContentAddressing
import HostFiles
import TarArchive

/// Layers unpacked in the store, each once: `trees/<layer>/<owner map>/root`, shared by launches and never written.
///
/// Beside `root` lies the tree's manifest, whose name is the tree's digest: what is there is whole, and is that tree.
package struct TreeStore {
    let store: Store
    let user: UInt32

    /// Below `cache/`.
    package static let folder = "trees"

    /// `user` is whose files they become.
    package init(_ store: Store, user: UInt32) {
        self.store = store
        self.user = user
    }

    /// Owners inside, outside, and how many, as in user_namespaces(7): a layer's are all 0.
    private var ownerMap: String { "0-\(user)-1" }

    /// The host path of a layer's tree, which is unpacked unless it is there.
    ///
    /// - Throws: ``RootFilesystemError`` when the layer holds another tree; ``StoreError`` when it is missing or damaged.
    ///
    /// `tree` is what the layer is to hold, at the path `inside`.
    package func unpacked(_ layer: Descriptor, tree: Digest, at inside: String) throws -> String {
        let place = "\(Self.folder)/\(layer.digest.hex)/\(ownerMap)"
        let root = store.path(place) + "/root"
        if try FileStatus.of(store.path("\(place)/\(tree.hex)")) != nil { return root }
        if try FileStatus.of(store.path(place)) != nil { throw Self.otherTree(layer, inside) }
        let temporary = store.temporaryPath("tree")
        defer { try? Folder.removeTree(temporary) }
        try Folder.make(temporary)
        let manifest = try unpack(layer, inside, into: temporary)
        guard manifest.digest == tree else { throw Self.otherTree(layer, inside) }
        let list = try OwnedDescriptor.open(
            "\(temporary)/\(manifest.digest.hex)",
            [.write, .create, .exclusive],
            mode: 0o400
        )
        try FileContent.write(manifest.bytes, to: list.number)
        try Folder.makeAll(AbsolutePath.parent(store.path(place)))
        // Whoever else unpacked it meanwhile has the same.
        _ = try Folder.renameWithoutReplacing(temporary, to: store.path(place))
        return root
    }

    private static func otherTree(_ layer: Descriptor, _ inside: String) -> RootFilesystemError {
        RootFilesystemError(
            "snapshot \(Printable.escaped(inside)): layer \(layer.digest) holds another tree than the plan says",
            hint: "plan the spec again"
        )
    }

    private func unpack(_ layer: Descriptor, _ inside: String, into place: String) throws -> TreeManifest {
        let file: OwnedDescriptor
        do {
            file = try store.open(layer.digest)
        } catch {
            // A damaged one makes way, so that the next plan makes it anew.
            if error.code == .corrupt { _ = try? store.isStored(layer) }
            throw StoreError(
                error.code,
                "snapshot \(Printable.escaped(inside)): \(error.message)",
                hint: "plan the spec again: what can be made again is",
                cause: error.cause
            )
        }
        var reader = try TarReader(descriptor: file.number)
        let folder = try OwnedDescriptor.open(place, [.read, .folder, .noFollow])
        var unpacker = TreeUnpacker(
            into: folder.number,
            prefix: Array(AbsolutePath.relative(inside, to: "/").utf8)
        )
        while let entry = try reader.next() { try unpacker.add(entry, from: &reader) }
        try unpacker.finish()
        return unpacker.manifest
    }
}
