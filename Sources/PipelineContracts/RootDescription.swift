package import ContentAddressing
package import JSONText

extension SandboxDescription.Root {
    /// The roots that are a word.
    static let words: [(word: String, root: SandboxDescription.Root)] = [
        ("host-ro", .hostReadOnly), ("host-rw", .hostWritable), ("host-itself", .hostItself), ("empty", .empty),
    ]

    package var json: JSONValue {
        if case .layers(let layers) = self { return ["layers": .strings(layers.map(\.description))] }
        return .string(Self.words.first { $0.root == self }?.word ?? "")
    }

    /// Reads the member `root` of a document.
    package init(_ document: JSONValue) throws(JSONShapeError) {
        let json = try document.required("root")
        guard json["layers"] != nil else {
            guard let found = Self.words.first(where: { $0.word == json.stringValue }) else {
                throw JSONShapeError(path: "root", message: "is unknown")
            }
            self = found.root
            return
        }
        var layers: [Digest] = []
        for text in try json.strings("layers") {
            guard let digest = Digest(text) else {
                throw JSONShapeError(path: "root.layers", message: "expected digests")
            }
            layers.append(digest)
        }
        guard !layers.isEmpty else { throw JSONShapeError(path: "root.layers", message: "is empty") }
        self = .layers(layers)
    }

    /// The layers that it comes of; nil for another root.
    package var layers: [Digest]? {
        if case .layers(let layers) = self { return layers }
        return nil
    }

    /// Whether it shows the host's own files.
    package var isHost: Bool {
        switch self {
        case .hostReadOnly, .hostWritable, .hostItself: true
        case .layers, .empty: false
        }
    }
}
