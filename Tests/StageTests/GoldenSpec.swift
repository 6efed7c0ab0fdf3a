import ArchiveStage
import ArtifactStore
import ContentAddressing
import EnvStage
import JSONText
import MaterializeStage
import PipelineContracts
import PipelineCore
import SandboxSpec

/// Specs with fixed observations, so that keys and outputs are the same on every machine.
struct GoldenSpec: Sendable {
    let name: String
    let members: String
    let isRoot: Bool

    private init(_ name: String, _ members: String = "", isRoot: Bool = true) {
        self.name = name
        self.members = members
        self.isRoot = isRoot
    }

    static let all: [GoldenSpec] = [
        GoldenSpec("plain"),
        GoldenSpec("plain as a user", isRoot: false),
        GoldenSpec("restricted", #""preset": "restricted""#),
        GoldenSpec("restricted as a user", #""preset": "restricted""#, isRoot: false),
        GoldenSpec("privileged", #""preset": "privileged""#),
        GoldenSpec("privileged as a user", #""preset": "privileged""#, isRoot: false),
        GoldenSpec("overlay", #""preset": "overlay""#),
        GoldenSpec("overlay as a user", #""preset": "overlay""#, isRoot: false),
        GoldenSpec("arguments", #""command": ["sh", "-c", "echo \"é\n\"", ""], "workdir": "/tmp/w""#),
        GoldenSpec("text on stdin", #""stdin": {"text": "a\nb"}"#),
        GoldenSpec("file on stdin", #""stdin": {"file": "in.txt"}"#),
        GoldenSpec("inherited stdin", #""stdin": "inherit""#),
        GoldenSpec("writable host", #""root": {"host": "rw"}"#),
        GoldenSpec(
            "project",
            #""workdir": "/p", "mounts": [{"bind": ".", "at": "/p", "mode": "rw"}, {"hide": "/p/.git"}]"#
        ),
        GoldenSpec("absent source", #""mounts": [{"bind": "gone", "at": "/gone", "optional": true}]"#),
        GoldenSpec("home", #""mounts": [{"bind": "~/x", "at": "~/x"}, {"hide": "~/.ssh", "optional": true}]"#),
        GoldenSpec(
            "made",
            #""mounts": [{"tmpfs": "/t", "size": "64M", "perm": "0700"}, {"text": "x", "at": "/f", "perm": "0600"}]"#
        ),
        GoldenSpec("read-only", #""mounts": [{"readonly": "/usr/lib"}, {"tmpfs": "/t"}]"#),
        GoldenSpec("host devices", #""devices": "host""#),
        GoldenSpec("named devices", #""devices": ["/dev/fuse", "/dev/kvm"]"#),
        GoldenSpec(
            "environment",
            #""env": {"inherit": false, "set": {"B": "", "A": "é"}, "path": {"dir": "/opt/bin"}}"#
        ),
        GoldenSpec("unset", #""env": {"unset": ["LC_*"], "path": {"dir": "/opt/bin", "position": "append"}}"#),
        GoldenSpec("broker", #""broker": {"socket": "/run/b.sock", "shim": "/opt/shim"}"#),
        GoldenSpec("host network", #""network": "host""#),
        GoldenSpec("namespaces", #""namespaces": {"pid": false, "cgroup": false, "user": true}"#),
        GoldenSpec("ids", #""user": {"uid": 1000, "gid": 100}, "hostname": "box""#, isRoot: false),
        GoldenSpec("capabilities", #""security": {"capabilities": {"drop": ["KILL"], "add": ["CHOWN"]}}"#),
        GoldenSpec("paths", #""security": {"maskedPaths": ["/proc/keys"], "readonlyPaths": []}"#),
        GoldenSpec("captures", #""capture": {"mode": "combined", "limit": "1K"}, "init": false"#),
        GoldenSpec(
            "outputs",
            #""mounts": [{"tmpfs": "/o"}], "outputs": ["/o/**", {"path": "/o/r", "required": true}]"#
        ),
        GoldenSpec(
            "secrets",
            #""secrets": {"T": {"env": "V"}, "F": {"file": "f", "at": "/f", "key": "id"}}, "mounts": [{"tmpfs": "/t"}]"#
        ),
        GoldenSpec(
            "runc secrets",
            #""runtime": "runc", "secrets": {"T": {"file": "f", "key": "ignore"}}"#,
            isRoot: false
        ),
        GoldenSpec("runc", #""runtime": "runc""#, isRoot: false),
        GoldenSpec(
            "runc root",
            #""runtime": "runc", "resources": {"rlimits": {"nofile": 64}}, "security": {"seccomp": "unconfined"}"#
        ),
        GoldenSpec("crun", #""runtime": "crun", "network": "host", "init": false"#, isRoot: false),
        GoldenSpec("runsc", #""runtime": "runsc", "mounts": [{"bind": ".", "at": "/work", "mode": "rw"}]"#),
        GoldenSpec("direct", #""runtime": "direct", "preset": "overlay", "workdir": "/work""#),
        GoldenSpec(
            "direct in its place as a user",
            #""runtime": "direct", "preset": "overlay", "mounts": [{"bind": ".", "at": "/work", "mode": "rw"}]"#,
            isRoot: false
        ),
    ]

    /// The same with other members.
    func adding(_ members: String) -> GoldenSpec {
        GoldenSpec(name, self.members.isEmpty ? members : "\(self.members), \(members)", isRoot: isRoot)
    }

    private static let home = "/home/me"
    private static let stdin = Digest.of(Array("what in.txt holds".utf8))
    private static let variables = [
        "PATH": "/usr/bin:/bin", "HOME": home, "USER": "me", "LANG": "C.UTF-8", "LC_ALL": "C", "TERM": "dumb",
    ]

    private var runtime: RuntimeFacts {
        if members.contains(#""runtime": "direct""#) { return .direct }
        for name in ["runc", "crun", "runsc"] where members.contains("\"runtime\": \"\(name)\"") {
            let found = launcher(name, "1.8", ["+SECCOMP", "mount:rnodev", "mount:rnosuid", "mount:rro"])
            let platform = name == "runsc" ? "ptrace" : nil
            return .container(
                ContainerFacts(launcher: found, reaper: launcher("tini-static", "0.19.0", []), platform: platform)
            )
        }
        return .bubblewrap(launcher("bwrap", "0.8.0", ["--args", "--json-status-fd"]))
    }

    private func launcher(_ name: String, _ version: String, _ features: [String]) -> LauncherFacts {
        LauncherFacts(
            name: name,
            path: "/usr/bin/" + name,
            version: version,
            features: features,
            digest: Digest.of(Array("a launcher".utf8)),
            fingerprint: "1:2:755:0:3:4:5"
        )
    }

    private var host: HostFacts {
        HostFacts(
            kernel: "6.1.0",
            machine: "x86_64",
            user: isRoot ? 0 : 1000,
            group: isRoot ? 0 : 1000,
            supplementaryGroups: [],
            capabilities: isRoot ? "000001ffffffffff" : "0000000000000000",
            userNamespaces: true,
            cgroups: "unified"
        )
    }

    /// What resolve would have found: a folder for each bind but `gone`, and files for the rest.
    private func sources(_ effective: EffectiveSpec) -> [SourceFact] {
        var facts: [SourceFact] = []
        func add(_ field: String, _ declared: String, _ kind: String, _ digest: Digest? = nil) {
            let below = declared.hasPrefix("~/") ? Self.home + declared.dropFirst() : "/work/" + declared
            let path = declared.hasPrefix("/") ? declared : declared == "." ? "/work" : below
            facts.append(SourceFact(field: field, declared: declared, path: path, kind: kind, digest: digest))
        }
        for (index, mount) in effective.spec.mounts.enumerated() {
            guard case .bind(let bind) = mount else { continue }
            add("mounts[\(index)]", bind.source, bind.source == "gone" ? "absent" : "folder")
            if runtime == .direct { add("mounts[\(index)].at", bind.destination, "folder") }
        }
        if let broker = effective.spec.broker {
            add("broker.socket", broker.socket, "socket")
            add("broker.shim", broker.shim, "file")
        }
        for (name, secret) in effective.spec.secrets {
            if case .file(let path) = secret.source { add("secrets.\(name)", path, "file") }
        }
        if case .file(let path) = effective.stdin.value { add("stdin", path, "file", Self.stdin) }
        return facts
    }

    /// The stages 2 and 3 on this spec, before anything is stored.
    private func stages() throws -> (spec: Spec, env: EnvStage, materialize: MaterializeStage) {
        let spec = try StageTests.spec(members)
        let effective = EffectiveSpec(spec)
        let inherited = Self.variables.filter { effective.inherit.value.takes($0.key) }
        var broker: [String: String] = [:]
        if let said = spec.broker {
            broker = [said.variables.socket: said.socket, said.variables.shim: said.shim]
        }
        let env = EnvStage(inherited: inherited, spec: spec, workdir: effective.workdir.value, broker: broker)
        let isFile = if case .file = effective.stdin.value { true } else { false }
        let materialize = MaterializeStage(
            effective,
            environment: Digest.of(env.rendered.json.canonical()),
            stdinDigest: isFile ? Self.stdin : nil,
            resolved: (
                InputFacts(sources: sources(effective), variables: inherited, callerName: "me"), host, runtime
            ),
            profile: nil,
            home: Self.home,
            brokerPaths: spec.broker.map { ["broker.socket": $0.socket, "broker.shim": $0.shim] } ?? [:],
            waived: []
        )
        return (spec, env, materialize)
    }

    static func documents(_ golden: GoldenSpec) throws -> (SandboxDescription, RuntimeBinding) {
        let stage = try golden.stages().materialize
        return (stage.description, stage.binding)
    }

    /// What a stage gave: its version, its key's digest and its receipt's, by which all files are named.
    struct Outcome: Hashable {
        let version: Int
        let key: String
        let output: String
    }

    /// Runs the stages 2 to 4; outcomes by stage, and the bytes of the small tar.
    static func planned(_ golden: GoldenSpec) throws -> (outcomes: [StageName: Outcome], archive: [UInt8]) {
        let store = try StoreFixture()
        let runner = StageRunner(store: store.store)
        let (spec, env, materialize) = try golden.stages()
        let rendered = try runner.run(env)
        let materialized = try runner.run(materialize)
        let archive = try ArchiveStage(
            spec: spec,
            runtime: golden.runtime.name,
            env: rendered.receipt,
            materialize: materialized.receipt,
            time: 0,
            store: store.store
        )
        let archived = try runner.run(archive)
        func outcome<Work: Stage>(_ stage: Work, _ outcome: StageOutcome) -> Outcome {
            let path = ActionCache.path(Work.name, version: Work.version, key: stage.key)
            let key = String(path.split(separator: "/").last ?? "")
            return Outcome(version: Work.version, key: key, output: outcome.report.receipt.digest.hex)
        }
        let outcomes: [StageName: Outcome] = [
            .env: outcome(env, rendered), .materialize: outcome(materialize, materialized),
            .archive: outcome(archive, archived),
        ]
        return (outcomes, try store.store.read(try archived.receipt.file(.archive).digest))
    }
}
