import HostFiles

/// What of the host's set-up keeps runtimes from working, or controls from being had.
package struct HostDiagnosis {
    private let host: DoctorHost

    package init(_ host: DoctorHost) { self.host = host }

    /// Findings about the host; `failed` are the runtimes that could not be started, for which it may be the cause.
    package func findings(failed: [String]) -> [DoctorFinding] {
        var found = [userNamespaces(failed)].compactMap(\.self)
        if !failed.isEmpty { found += [appArmor, outerFilter, maskedProc, lackOfAdmin].compactMap(\.self) }
        if failed.contains("crun"), let finding = hybrid { found.append(finding) }
        return found + [delegation, idMapping].compactMap(\.self)
    }

    private var isRoot: Bool { host.identity.isRoot }

    private func userNamespaces(_ failed: [String]) -> DoctorFinding? {
        let reason: String
        let remedy: String
        if host.number("/proc/sys/user/max_user_namespaces") == 0 {
            reason = "sysctl user.max_user_namespaces is 0: nobody can make a user namespace"
            remedy = "as root: sysctl -w user.max_user_namespaces=15000, and the same line in /etc/sysctl.d"
        } else if !isRoot, host.number("/proc/sys/kernel/unprivileged_userns_clone") == 0 {
            reason = "sysctl kernel.unprivileged_userns_clone is 0: an ordinary user can make no user namespace"
            remedy = "as root: sysctl -w kernel.unprivileged_userns_clone=1, and the same line in /etc/sysctl.d"
        } else {
            return nil
        }
        // Root's baseline needs none.
        let severity: DoctorFinding.Severity = !isRoot && !failed.isEmpty ? .error : .warning
        return DoctorFinding("userns-sysctl", severity, reason, remedy: remedy)
    }

    private var appArmor: DoctorFinding? {
        guard !isRoot, host.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1 else { return nil }
        return DoctorFinding(
            "userns-apparmor",
            .error,
            "sysctl kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor takes all capabilities in a user "
                + "namespace from programs whose profile does not allow them",
            remedy: "give the launcher an AppArmor profile with the rule userns, or as root: "
                + "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    }

    /// Mode 2 of prctl(2), PR_GET_SECCOMP.
    private var outerFilter: DoctorFinding? {
        guard host.field("Seccomp:", of: "/proc/self/status") == "2" else { return nil }
        return DoctorFinding(
            "outer-seccomp",
            .error,
            "this process is under a seccomp filter of what it was started by, as a container has one, which may refuse "
                + "namespaces and mounts",
            remedy: "start the outer container with --security-opt seccomp=unconfined, or outside of it"
        )
    }

    /// A kernel lets a user namespace mount no /proc that shows more than the one it comes from (mount_namespaces(7)).
    private var maskedProc: DoctorFinding? {
        var covered: [String] = []
        for line in (host.read("/proc/self/mountinfo") ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            // binfmt_misc is mounted over an empty folder, which covers nothing.
            guard fields.count > 4, fields[4].hasPrefix("/proc/"), fields[4] != "/proc/sys/fs/binfmt_misc" else {
                continue
            }
            covered.append(String(fields[4]))
        }
        guard !covered.isEmpty else { return nil }
        let shown = covered.prefix(3).joined(separator: ", ") + (covered.count > 3 ? ", …" : "")
        return DoctorFinding(
            "proc-masked",
            .error,
            "parts of /proc are covered, as in a container (\(shown)): the kernel refuses a /proc of their own to "
                + "namespaces made here",
            remedy:
                "start the outer container with --security-opt unmask=ALL (podman) or systempaths=unconfined (docker)"
        )
    }

    /// CAP_SYS_ADMIN is bit 21 (capabilities(7)).
    private var lackOfAdmin: DoctorFinding? {
        guard isRoot, let mask = UInt64(host.identity.capabilities, radix: 16), mask & (1 << 21) == 0 else {
            return nil
        }
        return DoctorFinding(
            "no-sys-admin",
            .error,
            "the caller is root without CAP_SYS_ADMIN, as in a container, and so may make no namespace and mount nothing",
            remedy: "run it as an ordinary user, or start the outer container with --cap-add SYS_ADMIN"
        )
    }

    private var hybrid: DoctorFinding? {
        guard host.cgroups == "hybrid" || host.cgroups == "v1" else { return nil }
        return DoctorFinding(
            "cgroup-hybrid",
            .error,
            of: "crun",
            "cgroups are mounted as version 1 or both versions (\(host.cgroups)), which crun refuses",
            remedy: "use bwrap or runc; or boot with systemd.unified_cgroup_hierarchy=1"
        )
    }

    private var delegation: DoctorFinding? {
        let lacking = ["cpu", "memory", "pids"].filter { !host.controllers.contains($0) }
        guard !lacking.isEmpty else { return nil }
        let fields = lacking.map { $0 == "cpu" ? "resources.cpus" : "resources.\($0)" }
        return DoctorFinding(
            "no-delegation",
            .warning,
            "the caller can make no cgroup with the controllers \(lacking.joined(separator: ", ")) "
                + "(cgroups: \(host.cgroups)), so \(fields.joined(separator: ", ")) can't be enforced",
            remedy: "run it as root, or where cgroups are delegated: systemd-run --user --scope -p Delegate=yes"
        )
    }

    /// What `"map": "subids"` needs (newuidmap(1), subuid(5)).
    private var idMapping: DoctorFinding? {
        let missing = ["newuidmap", "newgidmap"].filter {
            host.folder(of: $0, besides: DoctorHost.systemFolders) == nil
        }
        guard missing.isEmpty else {
            return DoctorFinding(
                "newuidmap-missing",
                .note,
                "\(missing.joined(separator: " and ")) can't be found, so a user map of subids can't be had",
                remedy: "install Debian's package uidmap"
            )
        }
        let owners = [host.userName, String(host.identity.user)].compactMap(\.self)
        let lacking = ["/etc/subuid", "/etc/subgid"].filter { file in
            !(host.read(file) ?? "").split(separator: "\n").contains { line in
                owners.contains { line.hasPrefix($0 + ":") }
            }
        }
        guard !lacking.isEmpty else { return nil }
        let name = host.userName ?? String(host.identity.user)
        return DoctorFinding(
            "subids-missing",
            .note,
            "\(lacking.joined(separator: " and ")) give \(name) no ids, so a user map of subids can't be had",
            remedy: "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(name)"
        )
    }
}
