package import JSONText

/// `host.json`: facts of this host that decide what can be enforced, read anew each time.
package struct HostFacts: Sendable, Hashable {
    package let kernel: String
    package let machine: String
    package let user: UInt32
    package let group: UInt32
    package let supplementaryGroups: [UInt32]
    /// Effective capabilities as /proc/self/status has them, 16 hex digits.
    package let capabilities: String
    /// Whether the sysctls that this kernel has allow the caller a user namespace.
    package let userNamespaces: Bool
    /// `unified`, `hybrid`, `v1` or `none`.
    package let cgroups: String
    /// Controllers that the caller can make a cgroup with, sorted; nil where no bound was asked for that takes one.
    package let controllers: [String]?
    /// How many ids the caller may map beside its own; nil where they are not asked for.
    package let subordinateIDs: SubordinateCounts?

    /// Of `/etc/subuid` and `/etc/subgid`.
    package struct SubordinateCounts: Sendable, Hashable {
        package let users: Int64
        package let groups: Int64

        package init(users: Int64, groups: Int64) {
            self.users = users
            self.groups = groups
        }

        package var json: JSONValue { ["users": .integer(users), "groups": .integer(groups)] }
    }

    package init(
        kernel: String,
        machine: String,
        user: UInt32,
        group: UInt32,
        supplementaryGroups: [UInt32],
        capabilities: String,
        userNamespaces: Bool,
        cgroups: String,
        controllers: [String]? = nil,
        subordinateIDs: SubordinateCounts? = nil
    ) {
        self.kernel = kernel
        self.machine = machine
        self.user = user
        self.group = group
        self.supplementaryGroups = supplementaryGroups
        self.capabilities = capabilities
        self.userNamespaces = userNamespaces
        self.cgroups = cgroups
        self.controllers = controllers
        self.subordinateIDs = subordinateIDs
    }

    package var isRoot: Bool { user == 0 }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.host/v1",
            "kernel": .string(kernel),
            "machine": .string(machine),
            "user": .integer(Int64(user)),
            "group": .integer(Int64(group)),
            "supplementaryGroups": .array(supplementaryGroups.map { .integer(Int64($0)) }),
            "capabilities": .string(capabilities),
            "userNamespaces": .bool(userNamespaces),
            "cgroups": .string(cgroups),
            "controllers": controllers.map(JSONValue.strings),
            "subordinateIDs": subordinateIDs?.json,
        ])
    }
}
