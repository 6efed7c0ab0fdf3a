import ContentAddressing
import JSONText
import PipelineContracts

extension Sample {
    private static let mounts: [MountDescription] = [
        MountDescription(.bind, at: "/a", field: "mounts[0]", source: "/a", writable: true, optional: true),
        MountDescription(.bind, at: "~/b", field: "mounts[1]", source: "/b"),
        MountDescription(.tmpfs, at: "@caller-runtime", field: "preset", size: 64 << 20, permissions: "0700"),
        MountDescription(.tmpfs, at: "/t", field: "mounts[2]"),
        MountDescription(.text, at: "/f", field: "mounts[3]", permissions: "0600", text: "x\n"),
        MountDescription(.text, at: "/e", field: "mounts[4]", text: ""),
        MountDescription(.hide, at: "~", field: "mounts[5]", optional: true),
        MountDescription(.readonly, at: "/r", field: "mounts[6]", optional: true),
        MountDescription(.snapshot, at: "/s", field: "mounts[7]", tree: .ofText("tree")),
    ]

    /// Optional members present, those that exclude each other aside.
    private static let full = SandboxDescription(
        command: ["make", ""],
        workdir: "/src",
        environment: .ofText("env"),
        stdin: .file("in.txt", .ofText("in")),
        root: .hostReadOnly,
        rootOnly: ["/usr", "/lib*"],
        mounts: mounts,
        devices: .paths(["/dev/fuse"]),
        namespaces: ["cgroup", "ipc", "mount", "net", "pid", "time", "uts"],
        userNamespace: .whenNotRoot,
        network: "none",
        hostname: "sandbox",
        user: UserMapping(user: 0, group: 4_294_967_294, map: "single"),
        capabilities: ["CAP_KILL"],
        droppedCapabilities: [],
        addedCapabilities: [],
        noNewPrivileges: true,
        maskedPaths: ["/proc/kcore"],
        readonlyPaths: ["/proc/sys"],
        reaper: true,
        capture: CaptureRule(mode: .separate, limit: 64 << 20),
        outputs: [OutputRule(path: "/src/build/**", required: true)],
        coversStore: true,
        allowsUserNamespaces: false,
        seccomp: "default",
        secrets: [
            SecretDescription(name: "T", at: "/s", key: .hmac),
            SecretDescription(name: "U", at: nil, key: .id, id: "env:U"),
        ]
    )

    private static let secrets = [
        SecretBinding(name: "T", field: "secrets.T", source: .file("/home/dev/t")),
        SecretBinding(name: "U", field: "env.inherit", source: .variable("U")),
    ]

    /// Optional members absent, but for the capabilities that are taken away and added.
    private static let minimal = description(stdin: .null, devices: .host, dropping: [], adding: [])

    private static func description(
        stdin: StandardInput,
        devices: SandboxDescription.Devices,
        dropping: [String],
        adding: [String],
        root: SandboxDescription.Root = .hostItself
    ) -> SandboxDescription {
        SandboxDescription(
            command: ["true"],
            workdir: "/",
            environment: .ofText("env"),
            stdin: stdin,
            root: root,
            rootOnly: nil,
            mounts: [],
            devices: devices,
            namespaces: [],
            userNamespace: .never,
            network: "host",
            hostname: nil,
            user: UserMapping(user: nil, group: nil, map: "none"),
            capabilities: nil,
            droppedCapabilities: dropping,
            addedCapabilities: adding,
            noNewPrivileges: false,
            maskedPaths: [],
            readonlyPaths: [],
            reaper: false,
            capture: CaptureRule(mode: .none, limit: 0),
            outputs: [],
            coversStore: false,
            allowsUserNamespaces: true,
            seccomp: "unconfined",
            limits: ResourceLimits(
                memory: 1 << 30,
                swap: 2 << 30,
                millicpus: 1500,
                pids: 128,
                rlimits: ["nofile": .init(soft: 64, hard: -1)],
                timeout: 120_000,
                grace: 500
            ),
            terminal: true
        )
    }

    private static let callers = description(
        stdin: .text("a\nb"),
        devices: .minimal,
        dropping: ["CAP_SYS_ADMIN"],
        adding: ["CAP_NET_RAW"],
        root: .layers([.ofText("bottom"), .ofText("top")])
    )

    private static let inheriting = description(
        stdin: .inherit,
        devices: .paths([]),
        dropping: [],
        adding: [],
        root: .empty
    )

    static let materialize: [Sample] = [
        sandbox("full", full),
        sandbox("minimal", minimal),
        sandbox("caller's capabilities", callers),
        sandbox("inherited stdin", inheriting),
        enforcement("full", controls),
        enforcement("minimal", []),
        binding("full", full, accounts: UserMapping(user: 0, group: 0, map: "single")),
        binding("minimal", minimal, accounts: nil),
        binding("minimal devices", callers, accounts: UserMapping(user: nil, group: nil, map: "none")),
        direct(
            "full",
            DirectBinding(
                workdir: "/src",
                places: [.init(field: "broker.socket", at: "/run/b.sock", path: "/run/b.sock")],
                stdinFile: "/home/dev/in.txt",
                secrets: secrets
            )
        ),
        direct("minimal", DirectBinding(workdir: "/", places: [], stdinFile: nil)),
    ]

    private static func sandbox(_ label: String, _ value: SandboxDescription) -> Sample {
        Sample(.description, label, value, value.json) { try SandboxDescription($0) }
    }

    private static func enforcement(_ label: String, _ controls: [Enforcement.Entry]) -> Sample {
        let value = Enforcement(controls: controls)
        return Sample(.enforcement, label, value, value.json) { try Enforcement($0) }
    }

    /// One for each answer, with what was asked as a word, a list, an object and a truth value.
    static let controls: [Enforcement.Entry] = [
        .init(
            name: "network",
            asked: "none",
            answer: .enforced,
            detail: "a network namespace",
            probes: ["connect-to-host"]
        ),
        .init(name: "security.seccomp", asked: ["file": "f"], answer: .stronger, detail: "gVisor's own kernel"),
        .init(name: "namespaces.user", asked: "when-not-root", answer: .notNeeded, detail: "the caller is root"),
        .init(name: "resources.pids", asked: 128, answer: .missing, detail: "no cgroup is writable"),
        .init(name: "mounts.hide", asked: ["/etc/shadow"], answer: .enforced, detail: "covers"),
        .init(name: "init", asked: true, answer: .enforced, detail: "bubblewrap's own reaper"),
    ]

    private static func direct(_ label: String, _ value: DirectBinding) -> Sample {
        Sample(.direct, label, value, value.json) { try DirectBinding($0) }
    }

    private static func helper(_ name: String) -> LauncherFacts {
        LauncherFacts(
            name: name,
            path: "/usr/bin/" + name,
            version: "unknown",
            features: [],
            digest: .ofText(name),
            fingerprint: "1:2:4755:0:3:4:5"
        )
    }

    private static func binding(_ label: String, _ sandbox: SandboxDescription, accounts: UserMapping?) -> Sample {
        let value = BubblewrapBinding(
            version: "0.8.0",
            before: accounts == nil ? [] : ["--unshare-user"],
            mounts: MountBinding(
                root: sandbox.root,
                rootOnly: sandbox.rootOnly,
                devices: sandbox.devices,
                ownProc: sandbox.reaper,
                mounts: sandbox.mounts
                    + (sandbox.secrets.isEmpty
                        ? [] : [MountDescription(.secret, at: "/s", field: "secrets.T.at", source: "T")]),
                maskedPaths: sandbox.maskedPaths,
                readonlyPaths: sandbox.readonlyPaths,
                accounts: accounts,
                coversStore: sandbox.coversStore,
                sharesNetwork: false
            ),
            seccomp: accounts == nil ? nil : Digest.of(Array("{}".utf8)),
            refusesUserNamespaces: true,
            stdinFile: accounts?.user == nil ? nil : "/home/dev/in.txt",
            ownPIDs: true,
            reaper: accounts == nil ? nil : ReaperBinding(helper("tini-static")),
            mappers: accounts == nil
                ? nil : IDMapperBinding(IDMappers(users: helper("newuidmap"), groups: helper("newgidmap"))),
            after: ["--chdir", sandbox.workdir],
            secrets: sandbox.secrets.isEmpty ? [] : secrets
        )
        return Sample(.bubblewrap, label, value, value.json) { try BubblewrapBinding($0) }
    }
}
