import JSONText

extension Spec {
    /// Where a secret's value is read at launch, and how it counts.
    package struct Secret: Sendable, Hashable {
        /// What holds the value.
        package enum Source: Sendable, Hashable {
            /// A variable of the caller.
            case variable(String)
            /// A host file.
            case file(String)
        }

        /// How the value counts in the launch key.
        package enum KeyRule: String, Sendable, Hashable, CaseIterable {
            case hmac, id, ignore
        }

        /// Never the value itself.
        package var source: Source
        /// Where a secret of a file is put inside as a file; nil makes it a variable.
        package var destination: String?
        /// Nil leaves it at `hmac`.
        package var keyRule: KeyRule?

        /// By default a variable inside, counted by `hmac`.
        package init(source: Source, destination: String? = nil, keyRule: KeyRule? = nil) {
            self.source = source
            self.destination = destination
            self.keyRule = keyRule
        }

        /// The field of a secret by its name, for messages and facts.
        package static func field(of name: String) -> String { FieldPath.key(name, in: "secrets") }

        init?(_ json: JSONValue) {
            if let name = json["env"]?.stringValue {
                self.init(source: .variable(name), keyRule: json.word("key"))
            } else if let path = json["file"]?.stringValue {
                self.init(source: .file(path), destination: json["at"]?.stringValue, keyRule: json.word("key"))
            } else {
                return nil
            }
        }

        var json: JSONValue {
            var members = JSONValue.said([
                "at": destination.map(JSONValue.string), "key": keyRule.map { .string($0.rawValue) },
            ])
            switch source {
            case .variable(let name): members["env"] = .string(name)
            case .file(let path): members["file"] = .string(path)
            }
            return .object(members)
        }
    }
}
