package import ArtifactStore
import ContentAddressing
import HostFiles
package import JSONText
package import PipelineContracts
package import PipelineCore
package import RootFilesystems
package import SandboxSpec
import TarArchive

/// Stage 4: the small tar that exec launches from, and the plan's identity.
package struct ArchiveStage: Stage {
    package static let name = StageName.archive
    package static let version = 1

    /// Files in the tar, in order; the spec comes first.
    private let parts: [ArtefactKind]
    /// The runtime's name, and the file that binds the plan to it.
    private let runtime: String
    private let binding: ArtefactKind
    private let specification: [UInt8]
    private let files: [ArtefactKind: Descriptor]
    private let root: FoundRoot?
    private let snapshots: [ArchivedSnapshot]
    private let time: Int64
    private let store: Store

    /// `time` is SOURCE_DATE_EPOCH, in seconds.
    package init(
        spec: Spec,
        runtime: String,
        env: Receipt,
        materialize: Receipt,
        root: FoundRoot? = nil,
        snapshots: [ArchivedSnapshot] = [],
        time: Int64,
        store: Store
    ) throws(JSONShapeError) {
        var document = spec.json.objectValue ?? [:]
        document["name"] = nil
        document["annotations"] = nil
        specification = JSONValue.object(document).canonical()
        self.runtime = runtime
        binding = RuntimeBinding.kinds.first { materialize.files[$0.file] != nil } ?? .bubblewrap
        parts = [.environment, .description, .enforcement, binding]
        var files: [ArtefactKind: Descriptor] = [:]
        for part in parts { files[part] = try (part.stage == .env ? env : materialize).file(part) }
        self.files = files
        self.root = root
        self.snapshots = snapshots
        self.time = time
        self.store = store
    }

    package var key: [String: JSONValue] {
        var components: [String: JSONValue] = ["spec": .string(Digest.of(specification).description)]
        for (kind, descriptor) in files {
            components["\(kind.stage?.rawValue ?? "").\(kind.file)"] = .string(descriptor.digest.description)
        }
        if let root { components["inputs.root.layers"] = .strings(root.content.layers.map(\.blob.digest.description)) }
        if time != 0 { components["time"] = .integer(time) }
        // Those of an earlier plan may have been made at another time.
        let recorded = snapshots.compactMap(\.recorded)
        if !recorded.isEmpty { components["layers"] = .strings(recorded.map(\.digest.description)) }
        return components
    }

    package func run() throws -> [StageFile] {
        let sink = ByteSink()
        var tar = try TarWriter { sink.bytes.append(contentsOf: $0) }
        try append(.specification, specification, to: &tar)
        for part in parts {
            guard let descriptor = files[part] else { continue }
            try append(part, try store.read(descriptor.digest), to: &tar)
        }
        try tar.finish()
        let archive = StageFile(.archive, sink.bytes)
        var layers = root?.content.layers.map(\.blob) ?? []
        if let root { try keep(root) }
        for snapshot in snapshots { layers.append(try snapshot.layer(time: time, in: store)) }
        let plan = PlanManifest(
            portable: try digest(.description),
            binding: try digest(binding),
            enforcement: try digest(.enforcement),
            runtime: runtime,
            archive: Descriptor(
                mediaType: ArtefactKind.archive.mediaType,
                digest: Digest.of(sink.bytes),
                size: Int64(sink.bytes.count)
            ),
            layers: layers
        )
        return [StageFile(.specification, specification), archive, StageFile(.plan, plan.json)]
            + layers.enumerated().map { StageFile("layer-\($0.offset).tar", stored: $0.element) }
    }

    private func keep(_ root: FoundRoot) throws {
        do {
            try root.source.keep(root.content, in: store)
        } catch let error as RootFilesystemError {
            throw SnapshotProblem(field: "root", message: error.message, hint: error.hint)
        }
    }

    private func digest(_ kind: ArtefactKind) throws(JSONShapeError) -> Digest {
        guard let descriptor = files[kind] else { throw JSONShapeError(path: kind.file, message: "missing") }
        return descriptor.digest
    }

    private func append(_ kind: ArtefactKind, _ bytes: [UInt8], to tar: inout TarWriter) throws(TarError) {
        let entry = TarEntry(
            path: Array(kind.file.utf8),
            kind: .file,
            mode: 0o644,
            size: Int64(bytes.count),
            modified: time
        )
        try tar.append(entry, bytes: bytes)
    }

    private final class ByteSink {
        var bytes: [UInt8] = []
    }
}
