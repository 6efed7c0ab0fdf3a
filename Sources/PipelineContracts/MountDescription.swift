package import ContentAddressing
package import JSONText

/// One thing that a sandbox shows at a path inside, as the spec or a preset declared it.
package struct MountDescription: Sendable, Hashable {
    /// What is done at the path.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case bind, snapshot, tmpfs, text, secret, hide, readonly
    }

    package let kind: Kind
    /// A path inside; for what only the host can tell, a symbol: `@caller-runtime`, `@other-homes`, `@root-home`,
    /// `@ssh-host-keys`, or a path that begins with `~`.
    package let at: String
    /// The field that asked for it (`mounts[2]`, `broker.socket`), or `preset`.
    package let field: String
    /// For a bind: the source as declared; for a secret: its name.
    package let source: String?
    package let writable: Bool
    /// For a tmpfs: bytes at most.
    package let size: Int64?
    /// Octal permission bits of a tmpfs or text.
    package let permissions: String?
    package let text: String?
    package let optional: Bool
    /// For a snapshot: what it holds.
    package let tree: Digest?

    package init(
        _ kind: Kind,
        at: String,
        field: String,
        source: String? = nil,
        writable: Bool = false,
        size: Int64? = nil,
        permissions: String? = nil,
        text: String? = nil,
        optional: Bool = false,
        tree: Digest? = nil
    ) {
        self.kind = kind
        self.at = at
        self.field = field
        self.source = source
        self.writable = writable
        self.size = size
        self.permissions = permissions
        self.text = text
        self.optional = optional
        self.tree = tree
    }

    package var isPreset: Bool { field == "preset" }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let kind = Kind(rawValue: try json.string("kind")) else {
            throw JSONShapeError(path: "kind", message: "is unknown")
        }
        self.init(
            kind,
            at: try json.string("at"),
            field: try json.string("field"),
            source: json["source"]?.stringValue,
            writable: json["writable"]?.boolValue ?? false,
            size: json["size"]?.integerValue,
            permissions: json["permissions"]?.stringValue,
            text: json["text"]?.stringValue,
            optional: json["optional"]?.boolValue ?? false,
            tree: try json.optionalDigest("tree")
        )
    }

    package var json: JSONValue {
        .members([
            "kind": .string(kind.rawValue),
            "at": .string(at),
            "field": .string(field),
            "source": source.map(JSONValue.string),
            "writable": writable ? true : nil,
            "size": size.map(JSONValue.integer),
            "permissions": permissions.map(JSONValue.string),
            "text": text.map(JSONValue.string),
            "optional": optional ? true : nil,
            "tree": tree.map { .string($0.description) },
        ])
    }
}
