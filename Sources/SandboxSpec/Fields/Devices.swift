package import JSONText

extension Spec {
    /// What is in `/dev`.
    package enum Devices: Sendable, Hashable {
        /// The few that programs expect: null, zero, full, random, urandom, tty, and a pts of its own.
        case minimal
        /// The host's.
        case host
        /// The minimal ones and these, by absolute path.
        case paths([String])

        /// Nil for anything that the spec doesn't allow.
        package init?(_ json: JSONValue) {
            if json.stringValue == "minimal" {
                self = .minimal
            } else if json.stringValue == "host" {
                self = .host
            } else if let paths = json.strings {
                self = .paths(paths)
            } else {
                return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .minimal: "minimal"
            case .host: "host"
            case .paths(let paths): .strings(paths)
            }
        }
    }
}
