import ContentAddressing
import HostFiles
import JSONText

extension ImageLayout {
    /// The image of a tag or digest, or the only one, for a machine as uname(2) has it.
    ///
    /// - Throws: ``RootFilesystemError`` for what is not there, ambiguous, for another machine or damaged.
    func content(_ reference: String?, machine: String) throws -> RootContent {
        let architecture = Self.architecture(machine)
        let chosen = try manifest(reference, architecture)
        let manifest = try document(chosen)
        let configBlob = try Self.descriptor(manifest["config"], "config")
        let config = try document(configBlob)
        if let found = config["architecture"]?.stringValue, found != architecture {
            throw RootFilesystemError("the image is for \(Printable.escaped(found)), this machine is \(architecture)")
        }
        let blobs = manifest["layers"]?.arrayValue ?? []
        let contents = config["rootfs"]?["diff_ids"]?.arrayValue ?? []
        guard !blobs.isEmpty, blobs.count == contents.count else {
            throw RootFilesystemError(
                "the image's manifest has \(blobs.count) layers, its config \(contents.count) diff_ids"
            )
        }
        var layers: [RootLayer] = []
        for (blob, contents) in zip(blobs, contents) {
            let found = try Self.descriptor(blob, "layers")
            guard let type = ImageMediaType.layer(found.mediaType) else {
                throw RootFilesystemError(
                    "layer \(found.digest): is a \(Printable.escaped(found.mediaType)), not a layer"
                )
            }
            guard let digest = contents.stringValue.flatMap({ Digest($0) }) else {
                throw RootFilesystemError("the image's config: a diff_id is no SHA-256 digest")
            }
            try check(found)
            let blob = Descriptor(mediaType: type, digest: found.digest, size: found.size)
            layers.append(RootLayer(blob: blob, contents: digest))
        }
        var content = RootContent(layers: layers)
        content.manifest = chosen.digest
        content.config = configBlob.digest
        content.defaults = try ImageDefaults(config["config"])
        return content
    }

    private func manifest(_ reference: String?, _ architecture: String) throws -> Descriptor {
        var entries = try index()["manifests"]?.arrayValue ?? []
        if let reference {
            entries = entries.filter { Self.isNamed($0, reference) }
            if entries.isEmpty {
                throw RootFilesystemError("no image \(Printable.escaped(reference)) in it", hint: try names())
            }
        }
        // An index may name indexes.
        for _ in 0..<4 {
            let fitting = entries.filter { Self.fits($0, architecture) }
            if fitting.isEmpty {
                throw RootFilesystemError("there is no image for linux/\(architecture) in it")
            }
            guard fitting.count == 1 else {
                throw RootFilesystemError("there are \(fitting.count) images in it", hint: try names())
            }
            let found = try Self.descriptor(fitting[0], "manifests")
            if ImageMediaType.manifests.contains(found.mediaType) { return found }
            guard ImageMediaType.indexes.contains(found.mediaType) else {
                throw RootFilesystemError("\(found.digest): is a \(Printable.escaped(found.mediaType)), not an image")
            }
            entries = try document(found)["manifests"]?.arrayValue ?? []
        }
        throw RootFilesystemError("its indexes name each other without an end")
    }

    private static func isNamed(_ entry: JSONValue, _ reference: String) -> Bool {
        if entry["digest"]?.stringValue == reference { return true }
        guard let name = entry["annotations"]?["org.opencontainers.image.ref.name"]?.stringValue else { return false }
        return name == reference || name.hasSuffix(":" + reference)
    }

    private static func fits(_ entry: JSONValue, _ architecture: String) -> Bool {
        guard let platform = entry["platform"], let found = platform["architecture"]?.stringValue else { return true }
        return found == architecture && platform["os"]?.stringValue ?? "linux" == "linux"
    }

    private func names() throws -> String {
        let names = try (index()["manifests"]?.arrayValue ?? []).compactMap {
            $0["annotations"]?["org.opencontainers.image.ref.name"]?.stringValue ?? $0["digest"]?.stringValue
        }
        return "name one with \"ref\": " + names.prefix(10).map(Printable.escaped).joined(separator: ", ")
    }

    private static func descriptor(_ json: JSONValue?, _ what: String) throws(RootFilesystemError) -> Descriptor {
        guard let json, let digest = json["digest"]?.stringValue.flatMap({ Digest($0) }),
            let size = json["size"]?.integerValue, size >= 0, let type = json["mediaType"]?.stringValue
        else { throw RootFilesystemError("the image's \(what): an entry has no SHA-256 digest, size and media type") }
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    /// What images call a machine (Go's GOARCH).
    private static func architecture(_ machine: String) -> String {
        switch machine {
        case "x86_64": "amd64"
        case "aarch64", "arm64": "arm64"
        default: machine
        }
    }
}
