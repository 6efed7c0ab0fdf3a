import ContentAddressing
import JSONText
import PipelineContracts
import SandboxSpec

extension WorkedExample {
    static let enforcement = Enforcement(controls: [
        entry("devices", "minimal", "a /dev of its own, or the host's bound"),
        entry("hostname", "sandbox", "sethostname in the UTS namespace"),
        entry("mounts.bind", ["/project"], "bind mounts, nosuid and nodev"),
        entry(
            "mounts.hide",
            .strings(["~/.ssh"] + Preset.shadowFiles + ["@ssh-host-keys", "@other-homes", "@root-home"]),
            "covers wherever a mount shows the object; other hard links to a hidden file are not covered"
        ),
        entry(
            "mounts.readonly",
            ["/project/.git"],
            "read-only binds wherever a mount shows the object; other hard links to a file are not covered"
        ),
        entry("namespaces.cgroup", true, "a cgroup namespace of its own"),
        entry("namespaces.ipc", true, "a ipc namespace of its own"),
        entry("namespaces.mount", true, "a mount namespace of its own"),
        entry("namespaces.net", true, "a net namespace of its own"),
        entry("namespaces.pid", true, "a pid namespace of its own"),
        entry("namespaces.user", true, "a user namespace of its own"),
        entry("namespaces.uts", true, "a uts namespace of its own"),
        entry("network", "none", "a network namespace with nothing but a loopback"),
        entry("outputs", ["/project/report.xml"], "collected from the bind, or from a folder in place of the tmpfs"),
        entry(
            "root",
            ["host": "ro"],
            "a fresh root; the host's entries are recursive binds, read-only and nosuid"
        ),
        entry(
            "security.capabilities",
            ["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETPCAP"],
            "permitted, effective, inheritable and ambient sets; no-new-privileges keeps the rest away"
        ),
        entry("security.maskedPaths", .strings(Preset.maskedPaths), "mounts over those present"),
        entry(
            "security.noNewPrivileges",
            true,
            "prctl(PR_SET_NO_NEW_PRIVS), which bubblewrap always sets"
        ),
        entry("security.readonlyPaths", .strings(Preset.readonlyPaths), "read-only binds over those present"),
        entry("user", ["uid": 0, "gid": 0, "map": "single"], "a user namespace"),
    ])

    /// What ForbiddenProbe of the runtimes says of these controls.
    private static let probes: [String: [String]] = [
        "devices": ["open-device"],
        "mounts.hide": [
            "move-hidden", "read-hidden", "read-host-keys", "read-other-home", "read-root-home", "read-shadow",
        ],
        "mounts.readonly": ["write-readonly"],
        "namespaces.cgroup": ["host-cgroup-namespace", "write-cgroup"],
        "namespaces.ipc": ["host-ipc-namespace"], "namespaces.mount": ["host-mnt-namespace"],
        "namespaces.net": ["host-net-namespace"], "namespaces.pid": ["host-pid-namespace"],
        "namespaces.user": ["host-user-namespace"], "namespaces.uts": ["host-uts-namespace"],
        "network": ["connect-to-host"],
        "root": ["read-store", "write-cgroup", "write-etc", "write-usr"],
        "security.capabilities": ["load-module", "make-device", "mount", "packet-socket", "raw-socket"],
        "security.maskedPaths": ["read-masked"],
        "security.noNewPrivileges": ["new-privileges"],
        "security.readonlyPaths": ["write-proc-sys", "write-sysrq"],
    ]

    private static func entry(_ name: String, _ asked: JSONValue, _ detail: String) -> Enforcement.Entry {
        Enforcement.Entry(
            name: name,
            asked: asked,
            answer: .enforced,
            detail: detail,
            probes: probes[name] ?? []
        )
    }

    private static let output = ".F".padded(with: " ", to: 72) + "[100%]\n1 failed, 1 passed in 0.11s\n"
    private static let report = "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites></testsuites>"

    static let launch: LaunchRecord = {
        var record = LaunchRecord(started: "2025-11-22T01:02:03.004Z", finished: "2025-11-22T01:02:03.419Z")
        record.exitCode = 1
        record.reason = .exited
        record.failure = .init(domain: .command, message: "exited with 1")
        record.runtime = LaunchRecord.Runtime(launcher)
        record.argv = arguments
        record.wall = 0.415
        record.user = 0.327
        record.system = 0.062
        record.maxRSS = 31_457_280
        record.plan = .of(plan.json.canonical())
        record.slots = [
            "launcher": ["/usr/bin/bwrap"],
            "caller-id": ["1000:1000"],
            "caller-name": ["dev"],
            "caller-home": ["/home/dev"],
            "caller-runtime": ["/run/user/1000"],
            "spec": ["/home/dev/shop/sandbox.json"],
            "store-cover": .strings(covers),
        ]
        record.enforcement = enforcement.controls
        return record
    }()

    /// The mounts by depth, then path: the host's entries of /, the presets' covers, the spec's mounts, the store's cover.
    private static let arguments: [String] = [
        [launcher.path], binding.before,
        ["--symlink", "usr/bin", "/bin", "--dev", "/dev", "--ro-bind", "/etc", "/etc", "--ro-bind", "/home", "/home"],
        ["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc"],
        ["--bind", "/home/dev/shop", "/project", "--tmpfs", "/root", "--perms", "0755", "--tmpfs", "/run"],
        ["--symlink", "usr/sbin", "/sbin", "--ro-bind", "/sys", "/sys", "--perms", "1777", "--tmpfs", "/tmp"],
        ["--ro-bind", "/usr", "/usr", "--ro-bind", "/var", "/var", "--perms", "1777", "--tmpfs", "/dev/shm"],
        ["gshadow", "gshadow-", "shadow", "shadow-"].flatMap { ["--ro-bind", "/dev/null", "/etc/" + $0] },
        ["--tmpfs", "/proc/acpi", "--ro-bind", "/proc/bus", "/proc/bus", "--ro-bind", "/proc/fs", "/proc/fs"],
        ["--ro-bind", "/dev/null", "/proc/interrupts", "--ro-bind", "/proc/irq", "/proc/irq"],
        ["--ro-bind", "/dev/null", "/proc/keys", "--ro-bind", "/proc/sys", "/proc/sys"],
        ["--ro-bind", "/home/dev/shop/.git", "/project/.git"],
        ["--ro-bind", "/home/dev/shop/sandbox.json", "/project/sandbox.json"],
        ["--tmpfs", "/sys/firmware", "--perms", "1777", "--tmpfs", "/var/tmp"],
        (["/home/dev/.ssh"] + covers).flatMap { ["--tmpfs", $0] },
        (["/proc/acpi", "/root", "/sys/firmware", "/home/dev/.ssh"] + covers + ["/"]).flatMap { ["--remount-ro", $0] },
        binding.after, ["--"], description.command,
    ].flatMap { $0 }

    private static let covers = [
        "/home/dev/.cache/sbxpipe", "/home/dev/.cache/sbxpipe/cache", "/home/dev/.cache/sbxpipe/stages",
        "/home/dev/.local/state/sbxpipe",
    ]

    static let captures = CapturesRecord(
        streams: ["stdout": stream(output), "stderr": stream("")],
        frames: Descriptor(.frames, text: frame.canonicalLine),
        outputs: outputs
    )

    private static func stream(_ text: String) -> CapturesRecord.Stream {
        let file = Descriptor(.stream, text: text)
        let piece = CapturesRecord.Piece(offset: 0, bytes: file.size, digest: file.digest)
        return CapturesRecord.Stream(digest: file.digest, bytes: file.size, kept: [piece], file: file)
    }

    /// The log's only line.
    static let frame: JSONValue = [
        "length": .integer(Int64(output.utf8.count)), "offset": 0, "seconds": 0.398112, "stream": "stdout",
    ]

    private static let outputs = [
        OutputRecord(
            path: "/project/report.xml",
            required: false,
            files: [
                OutputRecord.File(
                    path: "/project/report.xml",
                    kind: "file",
                    mode: 0o644,
                    size: Int64(report.utf8.count),
                    digest: .ofText(report),
                    target: nil
                )
            ]
        )
    ]

    static let outputList: JSONValue = ["schema": "sbxpipe.outputs/v1", "outputs": .array(outputs.map(\.json))]

    static let run = RunRecord(
        id: "5f0c1e7a9b3d48268e41c0d7a2f6b913",
        plan: .of(plan.json.canonical()),
        launch: Descriptor(.launch, launch.json),
        captures: Descriptor(.captures, captures.json),
        name: "sandbox",
        created: launch.started
    )
}

extension String {
    fileprivate func padded(with character: Character, to count: Int) -> String {
        self + String(repeating: character, count: max(0, count - self.count))
    }
}

extension JSONValue {
    fileprivate var canonicalLine: String { String(decoding: canonical(), as: UTF8.self) + "\n" }
}
