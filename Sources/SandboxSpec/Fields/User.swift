import JSONText

extension Spec {
    /// Who the command is inside, as far as the spec says it.
    package struct User: Sendable, Hashable {
        /// How ids inside stand for ids outside.
        package enum Map: String, Sendable, Hashable, CaseIterable {
            /// A user namespace in which one id is the caller.
            case single
            /// A user namespace with the caller's subordinate ids, by newuidmap.
            case subids
            /// No user namespace of ours.
            case none
        }

        /// Nil leaves it at 0.
        package var uid: UInt32?
        /// Nil leaves it at 0.
        package var gid: UInt32?
        /// Nil leaves it to the preset.
        package var map: Map?

        /// By default nothing is said.
        package init(uid: UInt32? = nil, gid: UInt32? = nil, map: Map? = nil) {
            self.uid = uid
            self.gid = gid
            self.map = map
        }

        init(_ json: JSONValue) {
            self.init(
                uid: (json["uid"]?.integerValue).flatMap { UInt32(exactly: $0) },
                gid: (json["gid"]?.integerValue).flatMap { UInt32(exactly: $0) },
                map: json.word("map")
            )
        }

        var json: JSONValue? {
            let members = JSONValue.said([
                "uid": uid.map { .integer(Int64($0)) },
                "gid": gid.map { .integer(Int64($0)) },
                "map": map.map { .string($0.rawValue) },
            ])
            return members.isEmpty ? nil : .object(members)
        }
    }
}
