import HostFiles

/// Facts of the host that are read from files and cost little.
package enum HostProbes {
    /// Whether no sysctl forbids the caller a user namespace; what seccomp or AppArmor forbid shows at the launch.
    static var allowsUserNamespaces: Bool {
        if number("/proc/sys/user/max_user_namespaces") == 0 { return false }
        // Debian's own switch; kernels without it allow.
        return number("/proc/sys/kernel/unprivileged_userns_clone") != 0
    }

    /// How cgroups are mounted, by the type of the file systems (cgroups(7)).
    package static var cgroupLayout: String {
        let unified: Int64 = 0x6367_7270
        switch HostSystem.fileSystemType("/sys/fs/cgroup") {
        case unified: return "unified"
        case nil: return "none"
        default: return HostSystem.fileSystemType("/sys/fs/cgroup/unified") == unified ? "hybrid" : "v1"
        }
    }

    private static func number(_ path: String) -> Int? {
        (try? ProcText.read(path)).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
}
