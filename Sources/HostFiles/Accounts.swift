/// passwd(5) and group(5) as files; network name services are not asked, so that a look-up never blocks.
package struct Accounts: Sendable, Hashable {
    /// A line of passwd(5).
    package struct User: Sendable, Hashable {
        package let name: String
        package let user: UInt32
        package let group: UInt32
        package let home: String
        /// The line as it stands.
        package let line: String
    }

    /// A line of group(5).
    package struct Group: Sendable, Hashable {
        package let name: String
        package let group: UInt32
        package let line: String
    }

    package let users: [User]
    package let groups: [Group]

    package init(passwd: String, group: String) {
        users = passwd.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 7, let user = UInt32(fields[2]), let group = UInt32(fields[3]) else { return nil }
            return User(
                name: String(fields[0]),
                user: user,
                group: group,
                home: String(fields[5]),
                line: String(line)
            )
        }
        groups = group.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 3, let number = UInt32(fields[2]) else { return nil }
            return Group(name: String(fields[0]), group: number, line: String(line))
        }
    }

    /// The accounts of this host; missing files count as empty.
    package static func ofHost() -> Accounts {
        Accounts(
            passwd: (try? ProcText.read("/etc/passwd")) ?? "",
            group: (try? ProcText.read("/etc/group")) ?? ""
        )
    }

    package func user(_ number: UInt32) -> User? { users.first { $0.user == number } }

    package func group(_ number: UInt32) -> Group? { groups.first { $0.group == number } }
}
