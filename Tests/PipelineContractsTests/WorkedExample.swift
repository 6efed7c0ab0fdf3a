import ContentAddressing
import JSONText
import PipelineContracts
import SandboxSpec

/// A coding agent's test run, from spec to run: the documents that stages/contracts shows.
///
/// Made through the types, so that each digest is that of the document it names. The caller is uid 1000 on Debian 12,
/// the spec is /home/dev/shop/sandbox.json.
enum WorkedExample {
    /// Each kind of document once, in the order of the stages.
    static let documents: [(kind: ArtefactKind, json: JSONValue)] = [
        (.helpers, helpers.json), (.host, host.json), (.inputs, inputs.json), (.environment, environment.json),
        (.description, description.json), (.enforcement, enforcement.json), (.bubblewrap, binding.json),
        (.direct, direct.json), (.specification, specification), (.plan, plan.json), (.launch, launch.json),
        (.captures, captures.json), (.frames, frame), (.outputList, outputList), (.run, run.json),
    ]

    static let specText = """
        { "command": ["python3", "-m", "pytest", "-q", "--junitxml=report.xml"], "workdir": "/project",
          "mounts": [ {"bind": ".", "at": "/project", "mode": "rw"}, {"readonly": "/project/.git", "optional": true},
                      {"hide": "~/.ssh", "optional": true} ],
          "outputs": ["/project/report.xml"] }
        """

    private static let command = ["python3", "-m", "pytest", "-q", "--junitxml=report.xml"]

    static let specification: JSONValue = [
        "schema": "sbxpipe.spec/v1",
        "command": .strings(command),
        "workdir": "/project",
        "mounts": [
            ["bind": ".", "at": "/project", "mode": "rw"], ["readonly": "/project/.git", "optional": true],
            ["hide": "~/.ssh", "optional": true],
        ],
        "outputs": ["/project/report.xml"],
    ]

    static let launcher = LauncherFacts(
        name: "bwrap",
        path: "/usr/bin/bwrap",
        version: "0.8.0",
        features: [
            "--add-seccomp-fd", "--args", "--as-pid-1", "--bind", "--cap-add", "--cap-drop", "--chdir", "--clearenv",
            "--dev", "--dev-bind", "--die-with-parent", "--dir", "--gid", "--hostname", "--json-status-fd", "--perms",
            "--proc", "--remount-ro", "--ro-bind", "--ro-bind-data", "--setenv", "--size", "--symlink", "--tmpfs",
            "--uid", "--unshare-cgroup", "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-user",
            "--unshare-uts", "--userns",
        ],
        digest: .ofText("bubblewrap 0.8.0"),
        fingerprint: "2049:1835087:755:0:72080:1677600000000000000:1763769600123456789"
    )

    static let helpers = HelpersRecord(
        asked: "auto",
        launchers: [launcher],
        chosen: "bwrap",
        reason: "the first of auto's order"
    )

    static let host = HostFacts(
        kernel: "6.1.0-31-amd64",
        machine: "x86_64",
        user: 1000,
        group: 1000,
        supplementaryGroups: [27, 100],
        capabilities: "0000000000000000",
        userNamespaces: true,
        cgroups: "unified"
    )

    static let inputs = InputFacts(
        sources: [SourceFact(field: "mounts[0]", declared: ".", path: "/home/dev/shop", kind: "folder")],
        variables: [
            "HOME": "/home/dev", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color",
            "USER": "dev",
        ],
        callerName: "dev"
    )

    static let environment = RenderedEnvironment(
        variables: inputs.variables.map { .init(name: $0, value: $1, origin: .inherited) }
            + [.init(name: "PWD", value: "/project", origin: .workdir)]
    )

    private static let presetMounts: [MountDescription] =
        [
            ("/run", "0755"), ("/var/run", "0755"), ("/tmp", "1777"), ("/var/tmp", "1777"), ("/dev/shm", "1777"),
            ("@caller-runtime", "0700"),
        ].map { at, permissions in
            MountDescription(.tmpfs, at: at, field: "preset", permissions: permissions)
        }
        + (Preset.shadowFiles + ["@ssh-host-keys", "@other-homes", "@root-home"]).map { at in
            MountDescription(.hide, at: at, field: "preset")
        }

    private static func mounts(source: String, home: String) -> [MountDescription] {
        presetMounts + [
            MountDescription(.bind, at: "/project", field: "mounts[0]", source: source, writable: true),
            MountDescription(.readonly, at: "/project/.git", field: "mounts[1]", optional: true),
            MountDescription(.hide, at: home + "/.ssh", field: "mounts[2]", optional: true),
        ]
    }

    static let description = SandboxDescription(
        command: command,
        workdir: "/project",
        environment: .of(environment.json.canonical()),
        stdin: .null,
        root: .hostReadOnly,
        rootOnly: nil,
        mounts: mounts(source: ".", home: "~"),
        devices: .minimal,
        namespaces: ["cgroup", "ipc", "mount", "net", "pid", "uts"],
        userNamespace: .whenNotRoot,
        network: "none",
        hostname: "sandbox",
        user: UserMapping(user: 0, group: 0, map: "single"),
        capabilities: ["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETPCAP"],
        droppedCapabilities: [],
        addedCapabilities: [],
        noNewPrivileges: true,
        maskedPaths: Preset.maskedPaths,
        readonlyPaths: Preset.readonlyPaths,
        reaper: true,
        capture: CaptureRule(mode: .separate, limit: 64 << 20),
        outputs: [OutputRule(path: "/project/report.xml", required: false)],
        coversStore: true,
        allowsUserNamespaces: false,
        seccomp: "default"
    )

    static let binding = BubblewrapBinding(
        version: launcher.version,
        before: [
            "--unshare-user", "--uid", "0", "--gid", "0", "--unshare-ipc", "--unshare-pid", "--unshare-net",
            "--unshare-uts", "--unshare-cgroup", "--hostname", "sandbox", "--cap-drop", "ALL", "--cap-add", "CAP_KILL",
            "--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_SETPCAP",
        ],
        mounts: MountBinding(
            root: description.root,
            rootOnly: nil,
            devices: .minimal,
            ownProc: true,
            mounts: mounts(source: "/home/dev/shop", home: "/home/dev"),
            maskedPaths: description.maskedPaths,
            readonlyPaths: description.readonlyPaths,
            accounts: description.user,
            coversStore: true,
            sharesNetwork: false
        ),
        seccomp: Digest.of(Array("{}".utf8)),
        refusesUserNamespaces: false,
        stdinFile: nil,
        ownPIDs: true,
        after: ["--chdir", "/project", "--die-with-parent"]
    )

    /// What stands in place of the binding when the spec says preset overlay, runtime direct, and the shop's own folder
    /// for `/project`.
    static let direct = DirectBinding(
        workdir: "/home/dev/shop",
        places: [.init(field: "mounts[0]", at: "/home/dev/shop", path: "/home/dev/shop")],
        stdinFile: nil
    )

    static let plan = PlanManifest(
        portable: .of(description.json.canonical()),
        binding: .of(binding.json.canonical()),
        enforcement: .of(enforcement.json.canonical()),
        runtime: "bwrap",
        archive: Descriptor(mediaType: ArtefactKind.archive.mediaType, digest: .ofText("plan.tar"), size: tarSize)
    )

    /// A header of 512 bytes and padded content for each file, and two empty blocks at the end (tar(5)).
    private static var tarSize: Int64 {
        let documents = [specification, environment.json, description.json, enforcement.json, binding.json]
        let blocks = documents.map { 1 + ($0.canonical().count + 511) / 512 }
        return Int64(blocks.reduce(2, +) * 512)
    }
}
