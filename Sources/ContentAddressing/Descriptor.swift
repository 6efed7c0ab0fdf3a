package import JSONText

/// What names a blob: its media type, digest and size in bytes (OCI image-spec, descriptor.md).
package struct Descriptor: Sendable, Hashable {
    package let mediaType: String
    package let digest: Digest
    package let size: Int64

    package init(mediaType: String, digest: Digest, size: Int64) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        mediaType = try json.string("mediaType")
        digest = try json.digest("digest")
        size = try json.integer("size")
    }

    package var json: JSONValue {
        ["mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(size)]
    }
}

extension JSONValue {
    /// A member that holds a digest's text.
    package func digest(_ key: String) throws(JSONShapeError) -> Digest {
        guard let digest = Digest(try string(key)) else {
            throw JSONShapeError(path: key, message: "expected sha256: and 64 hex digits")
        }
        return digest
    }

    /// A member that holds a digest's text, or nothing.
    package func optionalDigest(_ key: String) throws(JSONShapeError) -> Digest? {
        self[key] == nil ? nil : try digest(key)
    }
}
