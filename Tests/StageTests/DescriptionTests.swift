import ContentAddressing
import PipelineContracts
import Runtimes
import SandboxSpec
import Testing

@testable import MaterializeStage

@Suite("The portable description and its lowering", .tags(.small))
struct DescriptionTests {
    private static let environment = Digest.of([])

    private func description(_ members: String, sources: [SourceFact] = []) throws -> SandboxDescription {
        DescriptionBuilder(EffectiveSpec(try spec(members)), sources: sources)
            .description(environment: Self.environment, stdinDigest: nil)
    }

    private func lowered(_ members: String, isRoot: Bool, sources: [SourceFact] = []) throws -> BubblewrapBinding {
        BubblewrapLowering.lower(
            try description(members, sources: sources),
            sources: sources,
            home: "/home/me",
            isRoot: isRoot,
            version: "0.8.0",
            seccomp: nil
        )
    }

    @Test("baseline contains: all namespaces, a fresh read-only root, no network, three capabilities")
    func baseline() throws {
        let found = try description("")
        #expect(found.root == .hostReadOnly)
        #expect(found.rootOnly == nil)
        #expect(found.namespaces == ["cgroup", "ipc", "mount", "net", "pid", "uts"])
        #expect(found.userNamespace == .whenNotRoot)
        #expect(found.network == "none")
        #expect(found.hostname == "sandbox")
        #expect(found.capabilities == ["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETPCAP"])
        #expect(found.noNewPrivileges)
        #expect(found.devices == .minimal)
        #expect(found.coversStore)
        #expect(found.reaper)
        #expect(found.mounts.allSatisfy { $0.isPreset })
        #expect(
            found.mounts.filter { $0.kind == .tmpfs }.map(\.at) == [
                "/run", "/var/run", "/tmp", "/var/tmp", "/dev/shm", "@caller-runtime",
            ]
        )
        #expect(
            found.mounts.filter { $0.kind == .hide }.map(\.at).suffix(3) == [
                "@ssh-host-keys", "@other-homes", "@root-home",
            ]
        )
    }

    @Test("restricted has fewer entries, no capability and always a user namespace")
    func restricted() throws {
        let found = try description("\"preset\": \"restricted\"")
        #expect(found.rootOnly == ["/usr", "/bin", "/sbin", "/lib*", "/etc"])
        #expect(found.capabilities == [])
        #expect(found.userNamespace == .always)
        #expect(found.coversStore)
    }

    @Test("privileged and overlay contain nothing, and overlay's root is the host itself")
    func open() throws {
        let privileged = try description("\"preset\": \"privileged\"")
        #expect(privileged.root == .hostWritable)
        #expect(privileged.namespaces == ["mount"])
        #expect(privileged.userNamespace == .never)
        #expect(privileged.capabilities == nil)
        #expect(privileged.mounts.isEmpty && privileged.maskedPaths.isEmpty && !privileged.coversStore)
        #expect(privileged.network == "host" && privileged.hostname == nil && privileged.devices == .host)
        #expect(try description("\"preset\": \"overlay\"").root == .hostItself)
    }

    @Test("nothing of the host is in it: a home stays ~, a source as declared, an absent one leaves")
    func portable() throws {
        let members =
            "\"mounts\": [{\"bind\": \"./src\", \"at\": \"/src\", \"mode\": \"rw\"},"
            + "{\"bind\": \"gone\", \"at\": \"/gone\", \"optional\": true}, {\"hide\": \"~/.ssh\", \"optional\": true}]"
        let sources = [
            SourceFact(field: "mounts[0]", declared: "./src", path: "/deep/src", kind: "folder"),
            SourceFact(field: "mounts[1]", declared: "gone", path: "/deep/gone", kind: "absent"),
        ]
        let found = try description(members, sources: sources).mounts.filter { !$0.isPreset }
        #expect(found.map(\.at) == ["/src", "~/.ssh"])
        #expect(found.first?.source == "./src")
        let bound = try lowered(members, isRoot: false, sources: sources).mounts.mounts.filter { !$0.isPreset }
        #expect(bound.map(\.at) == ["/src", "/home/me/.ssh"])
        #expect(bound.first?.source == "/deep/src")
    }

    private static let contained = [
        "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup",
    ]
    private static let mapped = ["--unshare-user", "--uid", "0", "--gid", "0"]
    private static let named = ["--hostname", "sandbox"]
    private static let kept = [
        "--cap-drop", "ALL", "--cap-add", "CAP_KILL", "--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_SETPCAP",
    ]

    @Test(
        "arguments ahead of the mounts, by preset and caller",
        arguments: [
            ("baseline", true, contained + named + kept), ("baseline", false, mapped + contained + named + kept),
            ("restricted", true, mapped + contained + named + ["--cap-drop", "ALL"]),
            ("restricted", false, mapped + contained + named + ["--cap-drop", "ALL"]),
            ("privileged", true, []), ("privileged", false, []), ("overlay", true, []), ("overlay", false, []),
        ]
    )
    func before(preset: String, isRoot: Bool, expected: [String]) throws {
        #expect(try lowered("\"preset\": \"\(preset)\"", isRoot: isRoot).before == expected)
    }

    @Test("what a spec overrides shows in the arguments")
    func overrides() throws {
        let ids = try lowered("\"user\": {\"uid\": 1000, \"gid\": 100}", isRoot: true).before
        #expect(Array(ids.prefix(5)) == ["--unshare-user", "--uid", "1000", "--gid", "100"])
        let pid = try lowered("\"namespaces\": {\"pid\": false}, \"hostname\": \"box\"", isRoot: true)
        #expect(!pid.before.contains("--unshare-pid") && !pid.ownPIDs && !pid.mounts.ownProc)
        #expect(pid.before.contains("box"))
        #expect(try !lowered("\"network\": \"host\"", isRoot: true).before.contains("--unshare-net"))
        let dropped = "\"preset\": \"privileged\", \"security\": {\"capabilities\": {\"drop\": [\"CHOWN\"]}}"
        #expect(try lowered(dropped, isRoot: true).before == ["--cap-drop", "CAP_CHOWN"])
    }

    @Test("what comes after the mounts: PID 1, the working folder, the tie to the launcher's life")
    func after() throws {
        #expect(try lowered("", isRoot: true).after == ["--chdir", "/", "--die-with-parent"])
        #expect(
            try lowered("\"init\": false, \"workdir\": \"/tmp\"", isRoot: true).after
                == ["--as-pid-1", "--chdir", "/tmp", "--die-with-parent"]
        )
        #expect(try lowered("\"preset\": \"overlay\"", isRoot: true).after == ["--chdir", "/", "--die-with-parent"])
    }

    @Test("a broker's files are at the same paths inside as its variables say")
    func broker() throws {
        let sources = [
            SourceFact(field: "broker.socket", declared: "b.sock", path: "/work/b.sock", kind: "socket"),
            SourceFact(field: "broker.shim", declared: "~/shim", path: "/home/me/shim", kind: "file"),
        ]
        let members = "\"broker\": {\"socket\": \"b.sock\", \"shim\": \"~/shim\"}"
        let paths = ["broker.socket": "/work/b.sock", "broker.shim": "/home/me/shim"]
        let description = DescriptionBuilder(EffectiveSpec(try spec(members)), sources: sources, brokerPaths: paths)
            .description(environment: Self.environment, stdinDigest: nil)
        let mounts = BubblewrapLowering.lower(
            description,
            sources: sources,
            home: "/home/me",
            isRoot: true,
            version: "0.8.0",
            seccomp: nil
        ).mounts.mounts.filter { !$0.isPreset }
        #expect(mounts.map(\.at) == ["/work/b.sock", "/home/me/shim"])
        #expect(mounts.map(\.source) == ["/work/b.sock", "/home/me/shim"])
    }
}
