/// Ids inside a user namespace, and what they are outside: `count` from either number on.
package struct IDMapping: Sendable, Hashable {
    package let inside: UInt32
    package let outside: UInt32
    package let count: UInt32

    package init(inside: UInt32, outside: UInt32, count: UInt32) {
        self.inside = inside
        self.outside = outside
        self.count = count
    }
}

/// The ids that a caller may map into a user namespace beside its own, as subuid(5) and subgid(5) give them.
package struct SubordinateIDs: Sendable, Hashable {
    /// Of `/etc/subuid`: id 0 is the caller, those after it are its subordinate ones, in the order of the file.
    package let users: [IDMapping]
    /// The same of `/etc/subgid`.
    package let groups: [IDMapping]

    /// Reads the texts of both files; `name` is the caller's login name, for which its number may stand.
    package init(subuid: String, subgid: String, name: String, identity: HostIdentity) {
        let owners = [name, String(identity.user)]
        users = Self.mappings(subuid, owners, own: identity.user)
        groups = Self.mappings(subgid, owners, own: identity.group)
    }

    /// Those of this host; a missing file gives none.
    package static func ofHost(name: String, identity: HostIdentity) -> SubordinateIDs {
        func text(_ path: String) -> String {
            String(decoding: (try? FileContent.read(path, limit: 16 << 20)) ?? [], as: UTF8.self)
        }
        return SubordinateIDs(subuid: text("/etc/subuid"), subgid: text("/etc/subgid"), name: name, identity: identity)
    }

    private static let mostMappings = 100

    /// How many ids there are without the caller's own.
    package static func count(_ mappings: [IDMapping]) -> Int64 {
        mappings.dropFirst().reduce(0) { $0 + Int64($1.count) }
    }

    /// The kernel takes less than a page of a map (user_namespaces(7)), a hundred lines and more, and none that overlap.
    private static func mappings(_ text: String, _ owners: [String], own: UInt32) -> [IDMapping] {
        var mappings = [IDMapping(inside: 0, outside: own, count: 1)]
        var next: UInt64 = 1
        for line in text.split(separator: "\n") where mappings.count < mostMappings {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, owners.contains(String(fields[0])), let first = UInt32(fields[1]),
                let count = UInt32(fields[2].filter { !$0.isWhitespace }), count > 0,
                // All ones is no id.
                UInt64(first) + UInt64(count) < 1 << 32, next + UInt64(count) < 1 << 32
            else { continue }
            let overlaps = mappings.contains {
                UInt64(first) < UInt64($0.outside) + UInt64($0.count) && $0.outside < UInt64(first) + UInt64(count)
            }
            if overlaps { continue }
            mappings.append(IDMapping(inside: UInt32(next), outside: first, count: count))
            next += UInt64(count)
        }
        return mappings
    }
}
