package import JSONText

/// Where the exact value of a secret turned up in what a command wrote and left.
package struct SecretFinding: Sendable, Hashable {
    package let name: String
    /// Streams by name, then outputs by their paths inside; nil where it was not searched for.
    package let found: [String]?

    package init(name: String, found: [String]?) {
        self.name = name
        self.found = found
    }

    package var json: JSONValue {
        .members([
            "name": .string(name),
            "searched": .bool(found != nil),
            "found": found.map(JSONValue.strings),
        ])
    }
}
