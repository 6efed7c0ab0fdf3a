import JSONText

extension Spec {
    /// The root file system, as far as the spec says it.
    package struct Root: Sendable, Hashable {
        /// What becomes of what the command writes in the root.
        package enum Writes: String, Sendable, Hashable, CaseIterable {
            case deny
            case discard
            /// In an overlay that becomes an artefact.
            case keep
        }

        /// Nil leaves it to the preset.
        package var source: RootSource?
        /// Nil leaves it at `deny`.
        package var writes: Writes?

        /// By default nothing is said.
        package init(source: RootSource? = nil, writes: Writes? = nil) {
            self.source = source
            self.writes = writes
        }

        init(_ json: JSONValue) {
            self.init(source: RootSource(json), writes: json.word("writes"))
        }

        var json: JSONValue? {
            var members = JSONValue.said(source?.members ?? [:])
            members["writes"] = writes.map { .string($0.rawValue) }
            return members.isEmpty ? nil : .object(members)
        }
    }
}
