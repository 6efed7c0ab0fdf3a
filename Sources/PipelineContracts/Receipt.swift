package import ContentAddressing
package import JSONText

/// The receipt of a stage (`sbxpipe.stage/v1`): its files by name; its digest is the stage's.
package struct Receipt: Sendable, Hashable {
    package let stage: StageName
    package let files: [String: Descriptor]

    package init(stage: StageName, files: [String: Descriptor]) {
        self.stage = stage
        self.files = files
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let stage = StageName(rawValue: try json.string("stage")) else {
            throw JSONShapeError(path: "stage", message: "is none of the six")
        }
        self.stage = stage
        var files: [String: Descriptor] = [:]
        for (name, value) in try json.object("files") { files[name] = try Descriptor(value) }
        self.files = files
    }

    package var json: JSONValue {
        [
            "schema": "sbxpipe.stage/v1",
            "stage": .string(stage.rawValue),
            "files": .object(files.mapValues(\.json)),
        ]
    }

    /// The layers among the files, in their order.
    package var layers: [Descriptor] {
        var layers: [Descriptor] = []
        while let layer = files["layer-\(layers.count).tar"] { layers.append(layer) }
        return layers
    }

    /// The descriptor of one file.
    package func file(_ kind: ArtefactKind) throws(JSONShapeError) -> Descriptor {
        guard let descriptor = files[kind.file] else {
            throw JSONShapeError(path: "files", message: "has no \(kind.file)")
        }
        return descriptor
    }
}
