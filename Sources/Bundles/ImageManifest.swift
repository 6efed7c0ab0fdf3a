package import ContentAddressing
package import JSONText

/// A manifest of the OCI image specification that is a bundle's.
package struct ImageManifest: Sendable, Hashable {
    package let configuration: Descriptor
    /// Bottom layer first; the last one is ours.
    package let layers: [Descriptor]
    /// What each layer is for: `root`, `snapshot`, `record`.
    let roles: [String]

    package init(configuration: Descriptor, layers: [Descriptor], roles: [String]) {
        self.configuration = configuration
        self.layers = layers
        self.roles = roles
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard json["schemaVersion"]?.integerValue == 2 else {
            throw JSONShapeError(path: "schemaVersion", message: "is not 2")
        }
        guard json["artifactType"]?.stringValue == MediaTypes.bundle else {
            throw JSONShapeError(path: "artifactType", message: "is not \(MediaTypes.bundle)")
        }
        configuration = try Descriptor(try json.required("config"))
        guard configuration.mediaType == MediaTypes.configuration else {
            throw JSONShapeError(path: "config.mediaType", message: "is not \(MediaTypes.configuration)")
        }
        var layers: [Descriptor] = []
        for layer in try json.array("layers") { layers.append(try Descriptor(layer)) }
        guard !layers.isEmpty else { throw JSONShapeError(path: "layers", message: "are none") }
        self.layers = layers
        roles = []
    }

    package var json: JSONValue {
        [
            "schemaVersion": 2,
            "mediaType": .string(MediaTypes.manifest),
            "artifactType": .string(MediaTypes.bundle),
            "config": configuration.json,
            "layers": .array(
                zip(layers, roles).map { layer, role in
                    var members = layer.json.objectValue ?? [:]
                    members["annotations"] = ["dev.sbxpipe.role": .string(role)]
                    return .object(members)
                }
            ),
        ]
    }

    /// `index.json` of a layout that holds it alone; `name` is a whole image name.
    static func index(_ manifest: Descriptor, name: String) -> JSONValue {
        var members = manifest.json.objectValue ?? [:]
        members["artifactType"] = .string(MediaTypes.bundle)
        members["annotations"] = ["org.opencontainers.image.ref.name": .string(name)]
        return [
            "schemaVersion": 2, "mediaType": .string(MediaTypes.index), "manifests": .array([.object(members)]),
        ]
    }

    /// The one manifest of an `index.json`.
    static func only(in index: JSONValue) throws(JSONShapeError) -> Descriptor {
        let manifests = try index.array("manifests")
        guard let first = manifests.first, manifests.count == 1 else {
            throw JSONShapeError(path: "manifests", message: "are \(manifests.count), a bundle has one")
        }
        let manifest = try Descriptor(first)
        guard manifest.mediaType == MediaTypes.manifest else {
            throw JSONShapeError(path: "manifests[0].mediaType", message: "is not \(MediaTypes.manifest)")
        }
        return manifest
    }
}
