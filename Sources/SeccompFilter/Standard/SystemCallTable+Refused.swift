extension SystemCallTable {
    /// Calls that fail with EPERM, but where a capability that is kept is what they need (capabilities(7)).
    static let refused = [
        SystemCallGroup(
            "mounts: the planned paths are all there is",
            unless: ["SYS_ADMIN"],
            """
            fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root umount2
            """
        ),
        SystemCallGroup("another root folder, from which mounts could be seen past", unless: ["SYS_CHROOT"], "chroot"),
        SystemCallGroup(
            "entering namespaces, quotas, swap, the host's name, watching whole file systems",
            unless: ["SYS_ADMIN"],
            """
            fanotify_init fanotify_mark lookup_dcookie quotactl quotactl_fd setdomainname sethostname setns swapoff
            swapon
            """
        ),
        SystemCallGroup(
            "files by handle, which passes by the folders above them",
            unless: ["DAC_READ_SEARCH"],
            "name_to_handle_at open_by_handle_at"
        ),
        SystemCallGroup("programs in the kernel", unless: ["BPF", "SYS_ADMIN"], "bpf"),
        SystemCallGroup("performance counters", unless: ["PERFMON", "SYS_ADMIN"], "perf_event_open"),
        SystemCallGroup("kernel modules", unless: ["SYS_MODULE"], "delete_module finit_module init_module"),
        SystemCallGroup("reboot, another kernel", unless: ["SYS_BOOT"], "kexec_file_load kexec_load reboot"),
        SystemCallGroup(
            "other processes' memory, descriptors and kernel objects; page faults held up, by which races in the kernel are won",
            unless: ["SYS_PTRACE"],
            "kcmp pidfd_getfd process_vm_readv process_vm_writev userfaultfd"
        ),
        SystemCallGroup("moving other processes' pages", unless: ["SYS_NICE"], "migrate_pages move_pages"),
        SystemCallGroup(
            "setting the clock",
            unless: ["SYS_TIME"],
            "clock_settime settimeofday"
        ),
        SystemCallGroup("the kernel's log", unless: ["SYSLOG"], "syslog"),
        SystemCallGroup("process accounting", unless: ["SYS_PACCT"], "acct"),
        SystemCallGroup("hanging up the terminal", unless: ["SYS_TTY_CONFIG"], "vhangup"),
        SystemCallGroup(
            "the machine's ports",
            unless: ["SYS_RAWIO"],
            "ioperm iopl"
        ),
        SystemCallGroup("keyrings, which no namespace separates", "add_key keyctl request_key"),
        SystemCallGroup(
            "io_uring, whose operations no filter sees",
            "io_uring_enter io_uring_register io_uring_setup"
        ),
        SystemCallGroup("16-bit code", "modify_ldt"),
        SystemCallGroup("long obsolete", "_sysctl sysfs uselib ustat"),
    ]

    /// Calls that get ENOSYS as unknown numbers do, so that libc takes the older call.
    static let unknown = [
        SystemCallGroup("clone(2) with its flags in memory, where no filter sees them", "clone3"),
        SystemCallGroup("openat(2) with its mode in memory", "openat2"),
        SystemCallGroup(
            "not in Linux, or not any more",
            """
            afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms getpmsg nfsservctl putpmsg
            query_module security tuxcall vserver
            """
        ),
    ]
}
