import ContentAddressing
import HostFiles
import JSONText
import TarArchive
import TestSupport

/// A good bundle taken apart, to be put together again with one thing wrong in it and every digest right.
struct BundleParts {
    /// As they travel, the last one sbxpipe's own, with what they come to.
    var layers: [(bytes: [UInt8], mediaType: String, diffID: Digest)]
    /// Edits of documents before their digests are taken.
    var editConfiguration: (inout [String: JSONValue]) -> Void = { _ in }
    var editManifest: (inout [String: JSONValue]) -> Void = { _ in }
    var editIndex: (inout [String: JSONValue]) -> Void = { _ in }
    private let configuration: JSONValue

    /// Of a bundle that is not compressed.
    init(_ bundle: [UInt8]) throws {
        let entries = try RawEntry.read(bundle)
        func document(_ name: String) throws -> JSONValue {
            let entry = entries.first { $0.name == Array(name.utf8) }
            return try JSONParser.parse(entry?.body ?? [])
        }
        func blob(_ descriptor: JSONValue?) -> [UInt8] {
            let hex = descriptor?["digest"]?.stringValue?.dropFirst(7) ?? ""
            return entries.first { $0.name == Array("blobs/sha256/\(hex)".utf8) }?.body ?? []
        }
        let index = try document("index.json")
        let manifest = try JSONParser.parse(blob(index["manifests"]?.arrayValue?.first))
        configuration = try JSONParser.parse(blob(manifest["config"]))
        layers = (manifest["layers"]?.arrayValue ?? []).map { layer in
            let bytes = blob(layer)
            return (bytes, layer["mediaType"]?.stringValue ?? "", Digest.of(bytes))
        }
    }

    /// The files of sbxpipe's own layer.
    var record: [RawEntry] {
        get throws { try RawEntry.read(layers.last?.bytes ?? []) }
    }

    /// Puts other files into sbxpipe's own layer.
    mutating func setRecord(_ entries: [RawEntry]) {
        let bytes = RawEntry.tar(entries)
        layers[layers.count - 1] = (bytes, "application/vnd.oci.image.layer.v1.tar", Digest.of(bytes))
    }

    /// The tar's entries.
    var entries: [RawEntry] {
        func descriptor(_ bytes: [UInt8], _ mediaType: String) -> JSONValue {
            [
                "mediaType": .string(mediaType), "digest": .string(Digest.of(bytes).description),
                "size": .integer(Int64(bytes.count)),
            ]
        }
        func entry(_ bytes: [UInt8]) -> RawEntry { RawEntry("blobs/sha256/\(Digest.of(bytes).hex)", bytes) }
        var members = configuration.objectValue ?? [:]
        members["rootfs"] = ["type": "layers", "diff_ids": .strings(layers.map(\.diffID.description))]
        editConfiguration(&members)
        let config = JSONValue.object(members).canonical()
        var manifest: [String: JSONValue] = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": "application/vnd.sbxpipe.bundle.v1+json",
            "config": descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": .array(layers.map { descriptor($0.bytes, $0.mediaType) }),
        ]
        editManifest(&manifest)
        let document = JSONValue.object(manifest).canonical()
        var index: [String: JSONValue] = [
            "schemaVersion": 2,
            "manifests": .array([descriptor(document, "application/vnd.oci.image.manifest.v1+json")]),
        ]
        editIndex(&index)
        var written: Set<Digest> = []
        return [
            RawEntry("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)),
            RawEntry("index.json", JSONValue.object(index).canonical()),
        ] + ([document, config] + layers.map(\.bytes)).filter { written.insert(Digest.of($0)).inserted }.map(entry)
    }

    var bytes: [UInt8] { RawEntry.tar(entries) }
}
