package import ArtifactStore
package import ContentAddressing
package import HostFiles
import JSONText
package import PipelineContracts
package import Runtimes
package import Secrets

/// Stage 6: the captures and outputs of a launch as artefacts.
package struct Collection {
    package let captures: CapturesRecord
    /// Files of the receipt by name, without `captures.json` and `run.json`.
    package let files: [String: Descriptor]

    /// Publishes streams and frames, and packs the outputs.
    ///
    /// `streams` and `frames` are finished; `tree` is nil when there was no launch, and so no output; `time` is
    /// SOURCE_DATE_EPOCH in seconds;
    /// `sources` tell what the mounts' sources were before the command ran; `search` has been through the streams.
    ///
    /// - Throws: ``CollectError``, ``StoreError``, ``FileError``.
    package init(
        streams: [String: CapturesRecord.Stream],
        frames: Descriptor?,
        cast: Descriptor?,
        rules: [OutputRule],
        tree: SandboxTree?,
        sources: [PathKey: FileStatus],
        time: Int64,
        search: SecretSearch?,
        store: Store
    ) throws {
        var files: [String: Descriptor] = [:]
        for (name, stream) in streams { files[name] = stream.file }
        if let frames { files[ArtefactKind.frames.file] = frames }
        if let cast { files[ArtefactKind.cast.file] = cast }
        var outputs: [OutputRecord] = []
        if let tree, !rules.isEmpty {
            let writer = BlobHolder(try BlobWriter(in: store))
            let collector = try OutputCollector(tree: tree, sources: sources, time: time, search: search) {
                try writer.write($0)
            }
            for rule in rules { outputs.append(try collector.collect(rule)) }
            try collector.finish()
            files[ArtefactKind.outputs.file] = try writer.finish(ArtefactKind.outputs.mediaType)
            let list: JSONValue = ["schema": "sbxpipe.outputs/v1", "outputs": .array(outputs.map(\.json))]
            files[ArtefactKind.outputList.file] = try store.put(
                list.canonical(),
                mediaType: ArtefactKind.outputList.mediaType
            )
        } else {
            outputs = rules.map { OutputRecord(path: $0.path, required: $0.required, files: []) }
        }
        captures = CapturesRecord(
            streams: streams,
            frames: frames,
            outputs: outputs,
            secrets: search?.findings ?? []
        )
        self.files = files
    }
}

/// A blob writer that a closure can hold.
private final class BlobHolder {
    private var writer: BlobWriter?

    init(_ writer: consuming BlobWriter) { self.writer = consume writer }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try writer?.write(bytes) }

    func finish(_ mediaType: String) throws -> Descriptor {
        guard let writer = writer.take() else { throw CollectError("the outputs are packed already") }
        return try writer.finish(mediaType: mediaType)
    }
}
