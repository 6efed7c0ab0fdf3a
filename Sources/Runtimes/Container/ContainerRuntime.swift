import HostFiles

/// What differs between the runtimes of the Open Container Initiative.
package enum ContainerRuntime: String, Sendable, Hashable, CaseIterable {
    case runc, crun, runsc

    /// Whether it is gVisor, which has a kernel of its own between command and host.
    var isGVisor: Bool { self == .runsc }

    /// Masked paths that mounts are to cover, and those of the document's own field: gVisor ignores these (tried), and
    /// its /proc takes no mounts.
    func divideMasks(_ paths: [String]) -> (byMounts: [String], byField: [String]) {
        isGVisor ? (paths.filter { !AbsolutePath.contains("/proc", $0) }, []) : ([], paths)
    }

    /// Options that bounds a bind with all that is mounted below it.
    ///
    /// The kernel's own `ro` bounds one mount (mount_setattr(2)); gVisor sees the whole as one file system. Below a file
    /// nothing is mounted, and crun takes the recursive options for folders alone (tried).
    func bindOptions(isFolder: Bool, writable: Bool, devices: Bool) -> [String] {
        let isRecursive = isFolder && !isGVisor
        let access = writable ? "rw" : isRecursive ? "rro" : "ro"
        let prefix = isRecursive ? "r" : ""
        return [isFolder ? "rbind" : "bind", "rprivate", access, prefix + "nosuid"]
            + (devices ? [] : [prefix + "nodev"])
    }

    /// Bytes that gVisor needs itself: 24 MiB are the least that it starts with (tried, 20221219).
    static let gVisorMemory: Int64 = 32 << 20

    /// The version of the specification that a document is written to: 1.0.2, or the newest that the runtime says it takes
    /// (`runc features`) where that is older.
    static func specificationVersion(features: [String]) -> String {
        let ours = "1.0.2"
        let label = "ociVersionMax:"
        guard let newest = features.first(where: { $0.hasPrefix(label) })?.dropFirst(label.count) else { return ours }
        func numbers(_ text: some StringProtocol) -> [Int] {
            text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        }
        // A pre-release comes before what it leads to (semver.org, 11).
        let isOlder =
            numbers(newest).lexicographicallyPrecedes(numbers(ours))
            || numbers(newest) == numbers(ours) && newest.contains("-")
        return isOlder ? String(newest) : ours
    }

    /// Why this one can't bound binds with all below them; nil where it can.
    ///
    /// runc has had the options since 1.1 and lists them (`runc features`); crun since 1.5, and lists nothing.
    func lackOfRecursion(version: String, features: [String]) -> String? {
        switch self {
        case .runsc: return nil
        case .runc:
            return ["rro", "rnosuid", "rnodev"].allSatisfy { features.contains("mount:" + $0) }
                ? nil : "runc \(version) knows no recursive mount options"
        case .crun:
            let numbers = version.split(separator: ".").compactMap { Int($0.prefix { $0.isNumber }) }
            return numbers.lexicographicallyPrecedes([1, 5]) ? "crun \(version) knows no recursive mount options" : nil
        }
    }
}
