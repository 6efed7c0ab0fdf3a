import JSONText

extension Spec {
    /// The rules that make the command's environment, in the order in which they apply.
    package struct Environment: Sendable, Hashable {
        /// Nil leaves it at `Inheritance.standard`.
        package var inherit: Inheritance?
        /// Names removed after inheriting.
        package var unset: [Glob]
        /// Variables set after that.
        package var set: [String: String]
        /// What is spliced into PATH as it will be inside.
        package var path: PathSplice?

        /// By default nothing is said.
        package init(
            inherit: Inheritance? = nil,
            unset: [Glob] = [],
            set: [String: String] = [:],
            path: PathSplice? = nil
        ) {
            self.inherit = inherit
            self.unset = unset
            self.set = set
            self.path = path
        }

        init(_ json: JSONValue) {
            self.init(
                inherit: json["inherit"].flatMap { Inheritance($0) },
                unset: (json["unset"]?.strings ?? []).compactMap { Glob($0) },
                set: (json["set"]?.objectValue ?? [:]).compactMapValues(\.stringValue),
                path: json["path"].flatMap { PathSplice($0) }
            )
        }

        var json: JSONValue? {
            let members = JSONValue.said([
                "inherit": inherit?.json,
                "unset": unset.isEmpty ? nil : .strings(unset.map(\.pattern)),
                "set": set.isEmpty ? nil : .object(set.mapValues(JSONValue.string)),
                "path": path?.json,
            ])
            return members.isEmpty ? nil : .object(members)
        }
    }
}
