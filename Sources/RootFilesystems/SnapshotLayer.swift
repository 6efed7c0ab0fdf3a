package import ArtifactStore
package import ContentAddressing
import HostFiles
import HostProcess
import JSONText
import Synchronization
import TarArchive

/// A tree as a plain layer: one tar, in which the tree lies at its place inside.
///
/// Its bytes depend on nothing but the tree, the place and the time: entries in the order of ``TreeManifest``, owner 0, no
/// names of owners, modes without set-user-ID and set-group-ID.
package struct SnapshotLayer: Sendable {
    package static let mediaType = "application/vnd.oci.image.layer.v1.tar"

    package let tree: Digest
    /// Absolute, inside.
    package let place: String
    /// Of every entry, in seconds since 1970.
    private let time: Int64

    package init(tree: Digest, place: String, time: Int64) {
        self.tree = tree
        self.place = place
        self.time = time
    }

    private var record: String {
        let key: JSONValue = [
            "tree": .string(tree.description), "place": .string(place), "time": .integer(time),
        ]
        return "actions/layer/" + Digest.of(key.canonical()).hex
    }

    /// The layer, if it was made before and is still there.
    package func recorded(in store: Store) throws(StoreError) -> Descriptor? {
        guard let (value, isTrusted) = try store.record(at: record), isTrusted,
            let layer = try? Descriptor(value.required("layer")), try store.isPresent(layer)
        else { return nil }
        return layer
    }

    /// Writes the layer into the store, unless it is there.
    ///
    /// - Throws: ``RootFilesystemError`` when the source is not the tree any more, or changes meanwhile.
    package func make(from source: SnapshotSource, in store: Store) throws -> Descriptor {
        if let layer = try recorded(in: store) { return layer }
        let blob = try LayerBlob(try BlobWriter(in: store))
        defer { blob.close() }
        try write(source, in: store) { try blob.write($0) }
        let layer = try blob.finish(Self.mediaType)
        try store.putRecord(["schema": "sbxpipe.layer/v1", "layer": layer.json], at: record)
        return layer
    }

    /// What the layer would be, without keeping it.
    ///
    /// - Throws: As ``make(from:in:)``.
    package func descriptor(of source: SnapshotSource, in store: Store) throws -> Descriptor {
        let sum = ByteSum()
        try write(source, in: store) { sum.update($0) }
        return Descriptor(mediaType: Self.mediaType, digest: sum.digest, size: sum.count)
    }

    private func write(
        _ source: SnapshotSource,
        in store: Store,
        sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var tar = try TarWriter(sink: sink)
        let found = try write(source, to: &tar, in: store)
        guard found == tree else { throw RootFilesystemError.changed(source.path(of: [])) }
        try tar.finish()
    }

    /// Gives the digest of the tree that it wrote.
    ///
    /// Files that the stat index knows, as it does where the tree was just looked at, are hashed only as part of the layer.
    private func write(_ source: SnapshotSource, to tar: inout TarWriter, in store: Store) throws -> Digest {
        let prefix = Array(AbsolutePath.relative(place, to: "/").utf8)
        let scan = try TreeScan(source)
        let table = scan.table
        let index = scan.isSteady ? StatIndex(of: source.path, in: store) : nil
        let known = index?.table.bytes == table.bytes ? index : nil
        var number = 0
        let parent = try source.parent()
        var manifest = TreeManifest(for: table)
        _ = try table.visit { entry throws in
            func tarEntry(_ kind: TarEntry.Kind, size: Int64 = 0) -> TarEntry {
                let path =
                    entry.path.isEmpty ? prefix : prefix.isEmpty ? entry.path : prefix + [0x2F] + entry.path
                return TarEntry(path: path, kind: kind, mode: entry.mode, size: size, modified: time)
            }
            switch entry.content {
            case .folder:
                manifest.addFolder(entry.path, mode: entry.mode)
                // A root's own top has no name.
                if !prefix.isEmpty || !entry.path.isEmpty { try tar.append(tarEntry(.directory)) }
            case .symlink(let target):
                manifest.addSymlink(entry.path, mode: entry.mode, target: target)
                try tar.append(tarEntry(.symlink(target: target)))
            case .file(let key):
                let file = try TreeFile.open(entry.path, key, of: source, at: parent.number)
                let digest: Digest
                let knownDigest = known?.digest(number, key)
                number += 1
                if file.size <= 1 << 20 {
                    let content = try file.content()
                    digest = knownDigest ?? Digest.of(content)
                    try tar.append(tarEntry(.file, size: file.size), bytes: content)
                } else {
                    digest = try knownDigest ?? file.digest()
                    do throws(TarError) {
                        try tar.append(tarEntry(.file, size: file.size), descriptor: file.file.number)
                    } catch {
                        throw error.code == .changedWhileRead
                            ? RootFilesystemError.changed(source.path(of: entry.path)) as any Error : error
                    }
                    try file.check()
                }
                manifest.addFile(entry.path, mode: entry.mode, digest)
            }
        }
        return manifest.digest
    }
}

/// A blob that a thread of its own hashes and writes, while the tree goes on being read.
private final class LayerBlob {
    private let part: Part
    private let worker: ByteWorker

    init(_ writer: consuming BlobWriter) throws {
        let part = Part(writer)
        self.part = part
        worker = try ByteWorker { part.write($0) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try part.check()
        worker.append(bytes)
    }

    func finish(_ mediaType: String) throws -> Descriptor {
        worker.finish()
        return try part.finish(mediaType)
    }

    /// Ends the thread; one that is not finished leaves nothing.
    func close() {
        worker.finish()
        part.close()
    }

    private final class Part: Sendable {
        private struct State: ~Copyable {
            var writer: BlobWriter?
            var failure: StoreError?
        }

        /// Held for as long as a piece is written.
        private let state: Mutex<State>
        private let hasFailed = Atomic<Bool>(false)

        init(_ writer: consuming BlobWriter) { state = Mutex(State(writer: consume writer)) }

        /// Throws what kept an earlier piece from being written, without waiting for the one at hand.
        func check() throws {
            guard hasFailed.load(ordering: .acquiring) else { return }
            if let failure = state.withLock({ $0.failure }) { throw failure }
        }

        func write(_ bytes: UnsafeRawBufferPointer) {
            state.withLock { state in
                guard state.failure == nil else { return }
                do throws(StoreError) { try state.writer?.write(bytes) } catch {
                    state.failure = error
                    hasFailed.store(true, ordering: .releasing)
                }
            }
        }

        func close() { state.withLock { _ = $0.writer.take() } }

        func finish(_ mediaType: String) throws -> Descriptor {
            try state.withLock { state throws in
                if let failure = state.failure { throw failure }
                guard let writer = state.writer.take() else {
                    throw RootFilesystemError("the layer is written already")
                }
                return try writer.finish(mediaType: mediaType)
            }
        }
    }
}
