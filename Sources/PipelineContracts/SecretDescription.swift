package import JSONText

/// A value that launch reads and no artefact holds, as `description.json` has it: without its source.
package struct SecretDescription: Sendable, Hashable {
    /// How the value counts in the launch key.
    package enum KeyRule: String, Sendable, Hashable, CaseIterable {
        /// By an HMAC under the machine's key.
        case hmac
        /// By the name of its source.
        case id
        case ignore
    }

    /// The variable's name inside; of a file only what it is called.
    package let name: String
    /// Where it is a file inside; nil for a variable.
    package let at: String?
    package let key: KeyRule
    /// The source as declared, `env:VAR` or `file:PATH`; present where the key is by it.
    package let id: String?

    package init(name: String, at: String?, key: KeyRule, id: String? = nil) {
        self.name = name
        self.at = at
        self.key = key
        self.id = id
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let key = KeyRule(rawValue: try json.string("key")) else {
            throw JSONShapeError(path: "key", message: "is unknown")
        }
        let (at, id) = (json["at"]?.stringValue, json["id"]?.stringValue)
        self.init(name: try json.string("name"), at: at, key: key, id: id)
    }

    package var json: JSONValue {
        .members([
            "name": .string(name),
            "at": at.map(JSONValue.string),
            "key": .string(key.rawValue),
            "id": id.map(JSONValue.string),
        ])
    }
}

/// Where this host has a secret's value, as the bindings say it.
package struct SecretBinding: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        /// A variable of who launches.
        case variable(String)
        /// A file, absolute; symlinks are followed when it is read.
        case file(String)
    }

    package let name: String
    /// The spec's field that asks for it: `secrets.NAME`, or `env.inherit`.
    package let field: String
    package let source: Source

    package init(name: String, field: String, source: Source) {
        self.name = name
        self.field = field
        self.source = source
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        let source: Source =
            if let path = json["file"]?.stringValue { .file(path) } else { .variable(try json.string("env")) }
        self.init(name: try json.string("name"), field: try json.string("field"), source: source)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "field": .string(field)]
        switch source {
        case .variable(let name): members["env"] = .string(name)
        case .file(let path): members["file"] = .string(path)
        }
        return .object(members)
    }

    /// Whether the spec names it, and not only `env.inherit` takes it.
    package var isDeclared: Bool { field != Self.inherited }

    /// The field of a variable that is taken for a secret by its name.
    package static let inherited = "env.inherit"
}

extension [SecretBinding] {
    /// Reads the member `secrets` of a binding, which is absent where there are none.
    package init(in json: JSONValue) throws(JSONShapeError) {
        self.init()
        guard json["secrets"] != nil else { return }
        for secret in try json.array("secrets") { append(try SecretBinding(secret)) }
    }

    /// The member; nil where there are none.
    var member: JSONValue? { isEmpty ? nil : .array(map(\.json)) }
}
