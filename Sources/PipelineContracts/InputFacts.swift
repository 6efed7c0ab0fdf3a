package import ContentAddressing
package import JSONText

/// One source on the host that a spec names: what it is here, or that it is not here.
package struct SourceFact: Sendable, Hashable {
    /// The field that names it: `mounts[2].bind`.
    package let field: String
    /// As the spec says it.
    package let declared: String
    /// Absolute and real; as declared, made absolute, when it is absent, and of a secret's file.
    package let path: String
    /// `file`, `folder`, `socket`, …, or `absent`.
    package let kind: String
    /// Of what travels or counts by its content: stdin's file, the tree of a snapshot.
    package let digest: Digest?

    package init(field: String, declared: String, path: String, kind: String, digest: Digest? = nil) {
        self.field = field
        self.declared = declared
        self.path = path
        self.kind = kind
        self.digest = digest
    }

    package var isAbsent: Bool { kind == "absent" }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        field = try json.string("field")
        declared = try json.string("declared")
        path = try json.string("path")
        kind = try json.string("kind")
        digest = try json.optionalDigest("digest")
    }

    package var json: JSONValue {
        .members([
            "field": .string(field),
            "declared": .string(declared),
            "path": .string(path),
            "kind": .string(kind),
            "digest": digest.map { .string($0.description) },
        ])
    }
}

/// `inputs.json`: what the spec takes from the host.
package struct InputFacts: Sendable, Hashable {
    package let sources: [SourceFact]
    /// The caller's variables that `env.inherit` asks for and `env.unset` leaves, without secrets.
    package let variables: [String: String]
    /// The caller's login name, which the inner id bears.
    package let callerName: String
    /// Names of variables that `env.inherit` takes and that look like credentials, sorted: secrets, without values.
    package let secretVariables: [String]
    /// What a root of layers holds; nil for another one.
    package let root: RootFact?

    package init(
        sources: [SourceFact],
        variables: [String: String],
        callerName: String,
        secretVariables: [String] = [],
        root: RootFact? = nil
    ) {
        self.sources = sources
        self.variables = variables
        self.callerName = callerName
        self.secretVariables = secretVariables
        self.root = root
    }

    package func source(_ field: String) -> SourceFact? { sources.first { $0.field == field } }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.inputs/v1",
            "sources": .array(sources.map(\.json)),
            "variables": .object(variables.mapValues(JSONValue.string)),
            "callerName": .string(callerName),
            "secretVariables": secretVariables.isEmpty ? nil : .strings(secretVariables),
            "root": root?.json,
        ])
    }
}
