extension Preset {
    static let baseline = contained(
        .baseline,
        user: .whenNotRoot,
        rootEntries: nil,
        capabilities: [.kill, .netBindService, .setpcap],
        allowsAdding: true,
        refusesGroups: false
    )
    static let restricted = contained(
        .restricted,
        user: .on,
        rootEntries: ["/usr", "/bin", "/sbin", "/lib*", "/etc"].compactMap { Glob($0) },
        capabilities: [],
        allowsAdding: false,
        refusesGroups: true
    )
    static let privileged = open(.privileged, rootIsHost: false)
    static let overlay = open(.overlay, rootIsHost: true)

    /// `/proc` and `/sys` entries that tell of the host or reach its hardware (SAFETY.md, masked).
    package static let maskedPaths =
        [
            "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "timer_list", "timer_stats",
            "sched_debug", "scsi",
        ].map { "/proc/" + $0 } + ["/sys/firmware", "/sys/devices/virtual/powercap"]
    /// `/proc` entries that change the host (SAFETY.md, read-only).
    package static let readonlyPaths = ["bus", "fs", "irq", "sys", "sysrq-trigger"].map { "/proc/" + $0 }
    /// Password hashes and their backups (shadow(5), gshadow(5), pam_pwhistory(8)).
    package static let shadowFiles = [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/security/opasswd",
    ]

    /// A preset with namespaces of its own and a read-only host.
    private static func contained(
        _ name: Name,
        user: NamespaceSetting,
        rootEntries: [Glob]?,
        capabilities: [Capability],
        allowsAdding: Bool,
        refusesGroups: Bool
    ) -> Preset {
        Preset(
            name: name,
            namespaces: [.pid: .on, .ipc: .on, .uts: .on, .mount: .on, .cgroup: .on, .net: .on, .user: user],
            network: .none,
            hostname: "sandbox",
            devices: .minimal,
            userMap: .single,
            root: .host(.readOnly),
            rootIsHost: false,
            rootEntries: rootEntries,
            seccomp: .standard,
            capabilities: .exactly(capabilities.sorted()),
            allowsAdding: allowsAdding,
            noNewPrivileges: true,
            maskedPaths: maskedPaths,
            readonlyPaths: readonlyPaths,
            hostRootTmpfs: [
                .path("/run"), .path("/var/run"), .path("/tmp"), .path("/var/tmp"), .path("/dev/shm"),
                .symbol(.callerRuntime),
            ],
            otherRootTmpfs: [.path("/dev/shm")],
            hides: shadowFiles.map(PresetPlace.path)
                + [.symbol(.sshHostKeys), .symbol(.otherHomes), .symbol(.rootHome)],
            nosuid: true,
            refusesGroups: refusesGroups
        )
    }

    /// A preset with a mount namespace alone.
    private static func open(_ name: Name, rootIsHost: Bool) -> Preset {
        Preset(
            name: name,
            namespaces: [.mount: .on],
            network: .host,
            hostname: nil,
            devices: .host,
            userMap: .none,
            root: .host(.readWrite),
            rootIsHost: rootIsHost,
            rootEntries: nil,
            seccomp: .unconfined,
            capabilities: .callers(dropping: [], adding: []),
            allowsAdding: true,
            noNewPrivileges: nil,
            maskedPaths: [],
            readonlyPaths: [],
            hostRootTmpfs: [],
            otherRootTmpfs: [],
            hides: [],
            nosuid: false,
            refusesGroups: false
        )
    }
}
