import JSONText

extension Spec {
    /// How the command's output is kept, as far as the spec says it.
    package struct Capture: Sendable, Hashable {
        /// Which streams there are.
        package enum Mode: String, Sendable, Hashable, CaseIterable {
            case separate
            /// One pipe, so that the order is the command's.
            case combined
            case none
        }

        /// How much of a stream is kept when nothing is said.
        package static let standardLimit = ByteSize("64M") ?? ByteSize(bytes: 64 << 20)

        /// Nil leaves it at `separate`.
        package var mode: Mode?
        /// Of each stream; nil leaves it at `standardLimit`.
        package var limit: ByteSize?

        /// By default nothing is said.
        package init(mode: Mode? = nil, limit: ByteSize? = nil) {
            self.mode = mode
            self.limit = limit
        }

        init(_ json: JSONValue) {
            self.init(mode: json.word("mode"), limit: json["limit"].flatMap { ByteSize($0) })
        }

        var json: JSONValue? {
            let members = JSONValue.said(["mode": mode.map { .string($0.rawValue) }, "limit": limit?.json])
            return members.isEmpty ? nil : .object(members)
        }
    }
}
