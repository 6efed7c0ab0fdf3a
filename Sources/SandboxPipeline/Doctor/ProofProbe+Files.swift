extension ProofProbe {
    /// What is hidden, read-only, covered or not there.
    static func files(_ host: ProofHost) -> [ProofProbe] {
        let folder = ProofHost.folder
        let homes = host.otherHomes.map(ProofScript.quoted).joined(separator: " ")
        return [
            ProofProbe("read-shadow", "holds /etc/shadow || holds /etc/gshadow && ok"),
            ProofProbe(
                "read-host-keys",
                """
                set -- /etc/ssh/ssh_host_*_key
                for f; do holds "$f" && ok; done
                """
            ),
            ProofProbe("read-root-home", "seen /root/* /root/.[!.]* && ok"),
            ProofProbe(
                "read-other-home",
                host.otherHomes.isEmpty
                    ? "skip 'nobody else has a home that holds something'"
                    : "for h in \(homes); do seen \"$h\"/* \"$h\"/.[!.]* && ok; done"
            ),
            ProofProbe("read-store", "seen \(ProofScript.quoted(host.store))/* && ok"),
            ProofProbe(
                "read-hidden",
                """
                holds \(folder)/dir/hidden && ok
                holds /proc/self/root\(folder)/dir/hidden && ok
                """
            ),
            ProofProbe(
                "move-hidden",
                """
                mv \(folder)/dir \(folder)/moved || exit 1
                holds \(folder)/moved/hidden && ok
                mv \(folder)/moved \(folder)/dir
                """
            ),
            ProofProbe(
                "write-readonly",
                "opens \(folder)/locked && ok; rm \(folder)/locked && ok; mv \(folder)/locked \(folder)/other && ok"
            ),
            ProofProbe("write-usr", "makes /usr && ok"),
            ProofProbe("write-etc", "makes /etc && ok; opens /etc/passwd && ok"),
            ProofProbe(
                "write-proc-sys",
                """
                for f in kernel/core_pattern kernel/printk vm/overcommit_memory fs/file-max; do
                    opens "/proc/sys/$f" && ok
                done
                """
            ),
            ProofProbe("write-sysrq", "opens /proc/sysrq-trigger && ok"),
            ProofProbe(
                "read-masked",
                """
                for f in kcore keys interrupts timer_list sched_debug latency_stats; do holds "/proc/$f" && ok; done
                seen /sys/firmware/* /proc/acpi/* /proc/scsi/* /proc/asound/* && ok
                """
            ),
            ProofProbe(
                "write-cgroup",
                """
                c=/sys/fs/cgroup
                for f in $c/cgroup.procs $c/*/cgroup.procs $c/*/tasks $c/*/release_agent $c/*/*.max $c/*/*.limit_in_bytes; do
                    opens "$f" && ok
                done
                """
            ),
            // gVisor's kernel has a /dev/fuse of its own.
            ProofProbe(
                "open-device",
                """
                for f in \(host.isGVisor ? "" : "/dev/fuse") /dev/mem /dev/kmsg /dev/kvm /dev/sd[a-z] /dev/vd[a-z] /dev/nvme[0-9]n[0-9]; do
                    (exec 4<"$f") && ok
                done
                """
            ),
        ]
    }
}
