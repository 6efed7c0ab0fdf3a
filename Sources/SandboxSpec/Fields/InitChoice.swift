package import JSONText

extension Spec {
    /// Whether a reaper is PID 1.
    package enum InitChoice: Sendable, Hashable {
        /// One is used where it is to be had.
        case auto
        case always, never

        /// Nil for anything but `"auto"`, `true` and `false`.
        package init?(_ json: JSONValue) {
            switch json {
            case .string("auto"): self = .auto
            case .bool(true): self = .always
            case .bool(false): self = .never
            default: return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .auto: "auto"
            case .always: true
            case .never: false
            }
        }
    }
}
