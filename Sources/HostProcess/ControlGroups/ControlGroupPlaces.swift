internal import HostFiles

/// Where the caller may make a cgroup with a controller: memory, pids, cpu (cgroups(7)).
package struct ControlGroupPlaces: Sendable, Hashable {
    package enum Version: Sendable, Hashable { case v1, v2 }

    /// A folder in which a cgroup can be made.
    package struct Place: Sendable, Hashable {
        package let folder: String
        package let version: Version

        package init(folder: String, version: Version) {
            self.folder = folder
            self.version = version
        }
    }

    /// The controllers that bounds are set by.
    package static let controllers = ["cpu", "memory", "pids"]

    /// By controller; those that the caller can't use are left out.
    package let places: [String: Place]
    /// The caller's own cgroup in every hierarchy that is mounted, whether or not the caller may use it.
    package let hierarchies: [String]

    package init(places: [String: Place], hierarchies: [String] = []) {
        self.places = places
        self.hierarchies = hierarchies
    }

    /// What of the host's files decides; tests bring their own.
    struct Host {
        /// The content of a file below /proc or of a cgroup; nil when it can't be read.
        var read: (String) -> String? = { try? ProcText.read($0) }
        /// Whether the caller may write a file, or make something in a folder.
        var isWritable: (String) -> Bool = { FileMode.mayWrite($0) }
    }

    /// Those of this process, read anew.
    package static func current() -> ControlGroupPlaces { ControlGroupPlaces(Host()) }

    init(_ host: Host) {
        var own: [String: String] = [:]
        for line in (host.read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for name in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                own[String(name)] = String(fields[2])
            }
        }
        var places: [String: Place] = [:]
        var hierarchies: Set<String> = []
        for mount in (host.read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Mount.init) {
            let any = mount.isUnified ? own[""] : own.first { !$0.key.isEmpty && mount.options.contains($0.key) }?.value
            if let folder = any.flatMap(mount.folder) { hierarchies.insert(folder) }
            let names = mount.isUnified ? [""] : Self.controllers.filter(mount.options.contains)
            for name in names {
                guard let path = own[name], let folder = mount.folder(of: path) else { continue }
                if mount.isUnified {
                    for (name, place) in Self.unified(folder, in: mount, host) { places[name] = place }
                } else if host.isWritable(folder) {
                    places[name] = Place(folder: folder, version: .v1)
                }
            }
        }
        self.places = places
        self.hierarchies = hierarchies.sorted()
    }

    /// A line of mountinfo that mounts cgroups.
    private struct Mount {
        let root: String
        let point: String
        let isUnified: Bool
        /// For version 1 the controllers are among them.
        let options: Set<String>

        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3,
                fields[dash + 1] == "cgroup" || fields[dash + 1] == "cgroup2"
            else { return nil }
            root = String(fields[3])
            point = String(fields[4])
            isUnified = fields[dash + 1] == "cgroup2"
            options = Set(fields[dash + 3].split(separator: ",").map(String.init))
        }

        /// Where the cgroup of a path is seen; nil for one outside of what is mounted.
        func folder(of path: String) -> String? {
            guard !path.contains("/.."), AbsolutePath.contains(root, path) else { return nil }
            return AbsolutePath.join(point, AbsolutePath.relative(path, to: root))
        }
    }

    /// Of version 2, the nearest cgroup above the caller's in which the caller may make others and move itself there.
    ///
    /// One that holds processes can't hand controllers on, but for the root of all; so it is never the caller's own.
    private static func unified(_ own: String, in mount: Mount, _ host: Host) -> [String: Place] {
        var places: [String: Place] = [:]
        var folder = own
        let isRoot = own == mount.point && host.read(own + "/cgroup.type") == nil
        while isRoot || folder != mount.point {
            if !isRoot { folder = AbsolutePath.parent(folder) }
            let enabled = (host.read(folder + "/cgroup.subtree_control") ?? "").split(whereSeparator: \.isWhitespace)
            if host.isWritable(folder), host.isWritable(folder + "/cgroup.procs") {
                for name in enabled where controllers.contains(String(name)) && places[String(name)] == nil {
                    places[String(name)] = Place(folder: folder, version: .v2)
                }
            }
            if isRoot { break }
        }
        return places
    }
}
