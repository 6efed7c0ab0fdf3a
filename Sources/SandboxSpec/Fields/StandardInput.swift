package import JSONText

extension Spec {
    /// Where the command's standard input comes from.
    package enum StandardInput: Sendable, Hashable {
        /// `/dev/null`.
        case null
        /// The caller's.
        case inherit
        /// A host file, relative to the spec's folder or with `~`.
        case file(String)
        /// These bytes of UTF-8.
        case text(String)

        /// Nil for anything that the spec doesn't allow.
        package init?(_ json: JSONValue) {
            if json.stringValue == "null" {
                self = .null
            } else if json.stringValue == "inherit" {
                self = .inherit
            } else if let path = json["file"]?.stringValue {
                self = .file(path)
            } else if let text = json["text"]?.stringValue {
                self = .text(text)
            } else {
                return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .null: "null"
            case .inherit: "inherit"
            case .file(let path): ["file": .string(path)]
            case .text(let text): ["text": .string(text)]
            }
        }
    }
}
