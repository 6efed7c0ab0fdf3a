package import ContentAddressing
package import JSONText

/// The programs that write an ordinary user's id maps (newuidmap(1), newgidmap(1)).
package struct IDMappers: Sendable, Hashable {
    package let users: LauncherFacts
    package let groups: LauncherFacts

    package init(users: LauncherFacts, groups: LauncherFacts) {
        self.users = users
        self.groups = groups
    }

    package static let names = ["newuidmap", "newgidmap"]

    /// Those among the helpers that were looked at; nil where one is missing.
    package init?(among helpers: [LauncherFacts]) {
        let found = Self.names.map { name in helpers.first { $0.name == name } }
        guard let users = found[0], let groups = found[1] else { return nil }
        self.init(users: users, groups: groups)
    }
}

/// The same in a binding: which files they were when the plan was made.
package struct IDMapperBinding: Sendable, Hashable {
    /// A program of the host's.
    package struct Program: Sendable, Hashable {
        package let path: String
        package let digest: Digest

        init(_ facts: LauncherFacts) {
            path = facts.path
            digest = facts.digest
        }

        init(_ json: JSONValue) throws(JSONShapeError) {
            path = try json.string("path")
            digest = try json.digest("digest")
        }

        var json: JSONValue { ["path": .string(path), "digest": .string(digest.description)] }
    }

    package let users: Program
    package let groups: Program

    package init(_ facts: IDMappers) {
        users = Program(facts.users)
        groups = Program(facts.groups)
    }

    /// The member `mappers` of a binding; nil where there is none.
    package init?(in binding: JSONValue) throws(JSONShapeError) {
        guard let json = binding["mappers"] else { return nil }
        users = try Program(try json.required("newuidmap"))
        groups = try Program(try json.required("newgidmap"))
    }

    package var json: JSONValue { ["newuidmap": users.json, "newgidmap": groups.json] }

    /// Whether these are they, unchanged.
    package func isOf(_ facts: IDMappers?) -> Bool { facts.map(IDMapperBinding.init) == self }
}
