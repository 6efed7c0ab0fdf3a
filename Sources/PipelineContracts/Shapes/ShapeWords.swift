import JSONText

extension JSONShape {
    /// The words of an enumeration.
    static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONShape {
        .words(type.allCases.map(\.rawValue))
    }

    /// One of these words.
    static func words(_ words: [String]) -> JSONShape { .string(.oneOf(words)) }

    /// An object with these members and no others.
    static func members(_ fields: [JSONField]) -> JSONShape { .object(JSONObjectShape(fields: fields)) }

    /// A list that may be empty.
    static func list(of item: JSONShape) -> JSONShape { .array(of: item, minimum: 0) }

    /// A document of our own: `schema`, and these members.
    static func artefact(_ schema: String, _ fields: [JSONField]) -> JSONShape {
        .members([.always("schema", .constant(.string(schema)), "Name and version of this format.")] + fields)
    }

    /// Any text.
    static let text = JSONShape.string(.any)
    /// Any text but the empty one.
    static let filledText = JSONShape.string(.nonEmpty)
    /// A SHA-256 digest as text.
    static let digest = JSONShape.string(ArtefactTextRule.digest)
    /// A time as text.
    static let timestamp = JSONShape.string(ArtefactTextRule.timestamp)
    /// A path inside.
    static let insidePath = JSONShape.string(ArtefactTextRule.absolutePath)
    /// Permission bits as octal text.
    static let permissions = JSONShape.string(ArtefactTextRule.permissions)
    /// A count of bytes.
    static let byteCount = JSONShape.integer(0...Int64.max)
    /// A uid or gid; 2^32 - 1 is none (setresuid(2)).
    static let accountID = JSONShape.integer(0...4_294_967_294)
    /// A duration.
    static let seconds = JSONShape.number(0...Double.infinity)
    /// The launchers that a spec may name.
    static let runtime = JSONShape.words(["bwrap", "runc", "crun", "runsc", "direct"])

    /// What names a blob (OCI image-spec, descriptor.md).
    static let descriptor = JSONShape.members([
        .always("mediaType", .filledText, "Media type of the blob."),
        .always("digest", .digest, "SHA-256 of the blob."),
        .always("size", .byteCount, "Size of the blob in bytes."),
    ])
}

extension JSONField {
    /// A member that is always there.
    static func always(_ name: String, _ shape: JSONShape, _ summary: String) -> JSONField {
        JSONField(name: name, shape: shape, required: true, summary: summary)
    }

    /// A member that may be absent; its summary says what that means.
    static func optional(_ name: String, _ shape: JSONShape, _ summary: String) -> JSONField {
        JSONField(name: name, shape: shape, summary: summary)
    }
}
