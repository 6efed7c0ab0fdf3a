import ContentAddressing
import JSONText
import PipelineContracts
import Testing

/// A document made through its type, and what comes of it when it is read and written again.
struct Sample: Sendable, CustomTestStringConvertible {
    let kind: ArtefactKind
    let label: String
    let json: JSONValue
    /// Whether reading the JSON gives the same value again; nil for types that are only written.
    let isReadBack: (@Sendable (JSONValue) throws -> Bool)?

    var testDescription: String { "\(kind.file), \(label)" }

    init(_ kind: ArtefactKind, _ label: String, _ json: JSONValue) {
        self.kind = kind
        self.label = label
        self.json = json
        isReadBack = nil
    }

    init<Value: Equatable & Sendable>(
        _ kind: ArtefactKind,
        _ label: String,
        _ value: Value,
        _ json: JSONValue,
        _ read: @escaping @Sendable (JSONValue) throws -> Value
    ) {
        self.kind = kind
        self.label = label
        self.json = json
        isReadBack = { try read($0) == value }
    }

    /// Every kind filled in with all of its optional members, and with none.
    static let all = resolve + env + materialize + archive + launch + collect + reports + worked

    private static let worked = WorkedExample.documents.compactMap { kind, json in
        kind.shape == nil ? nil : Sample(kind, "worked example", json)
    }
}

extension Digest {
    /// The digest of some text, for places where any will do.
    static func ofText(_ text: String) -> Digest { .of(Array(text.utf8)) }
}

extension Descriptor {
    /// A descriptor of a document.
    init(_ kind: ArtefactKind, _ document: JSONValue) {
        let bytes = document.canonical()
        self.init(mediaType: kind.mediaType, digest: .of(bytes), size: Int64(bytes.count))
    }

    /// A descriptor of some text.
    init(_ kind: ArtefactKind, text: String) {
        self.init(mediaType: kind.mediaType, digest: .ofText(text), size: Int64(text.utf8.count))
    }
}
