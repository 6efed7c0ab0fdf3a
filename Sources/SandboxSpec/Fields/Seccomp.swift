package import JSONText

extension Spec {
    /// The filter of system calls.
    package enum Seccomp: Sendable, Hashable {
        /// The built-in allow-list.
        case standard
        case unconfined
        /// A host file with a filter.
        case file(String)

        /// Nil for anything that the spec doesn't allow.
        package init?(_ json: JSONValue) {
            if json.stringValue == "default" {
                self = .standard
            } else if json.stringValue == "unconfined" {
                self = .unconfined
            } else if let path = json["file"]?.stringValue {
                self = .file(path)
            } else {
                return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .standard: "default"
            case .unconfined: "unconfined"
            case .file(let path): ["file": .string(path)]
            }
        }
    }
}
