import JSONText
import SandboxSpec
import Testing

@Suite struct FlagTests {
    private static let caller = ["HOME": "/home/u", "EMPTY": ""]

    private static func json(_ change: (inout RunFlags) -> Void) throws(SpecError) -> JSONValue {
        var flags = RunFlags(command: ["ls"])
        change(&flags)
        return try flags.json { caller[$0] }
    }

    /// The line of the error that flags give, or nil.
    private static func line(_ change: (inout RunFlags) -> Void) -> String? {
        do throws(SpecError) {
            _ = try json(change)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a command alone is a spec of a command")
    func plain() throws {
        #expect(try Self.json { _ in } == ["schema": "sbxpipe.spec/v1", "command": ["ls"]])
    }

    @Test("every flag has its field")
    func all() throws {
        let json = try Self.json {
            $0.name = "n"
            $0.preset = "restricted"
            $0.variables = ["A=b=c", "HOME", "EMPTY", "MISSING", "X.Y=1"]
            $0.environmentFiles = [.init(name: "f", text: "# c\n\n  A=x\nB='q'\r\nHOME\nC=")]
            $0.volumes = ["src:/a", "./b:/b:ro", "/c:/c:snapshot", "d:/d:overlay"]
            $0.tmpfs = ["/t", "/u:size=64M,mode=0755"]
            $0.hide = ["~/.ssh"]
            $0.readonly = ["/etc"]
            $0.devices = ["/dev/fuse"]
            $0.broker = "/s:/p"
            $0.stdin = "in.txt"
            $0.workdir = "/w"
            $0.rootfs = "oci:a/b.tar:v1"
            $0.network = "none"
            $0.hostname = "h"
            $0.memory = "512m"
            $0.cpus = "1.5"
            $0.pids = "128"
            $0.ulimits = ["nofile=1024:2048", "core=-1"]
            $0.user = "1000:100"
            $0.capDrop = ["ALL"]
            $0.capAdd = ["net_raw,KILL", "CHOWN"]
            $0.securityOptions = ["seccomp=a=b.json"]
            $0.secrets = ["T", "U=env:V", "W=file:/a:b"]
            $0.outputs = ["/out/**"]
            $0.initProcess = false
        }
        #expect(json["name"] == "n")
        #expect(json["preset"] == "restricted")
        #expect(
            json["env"] == [
                "set": ["A": "b=c", "B": "'q'", "C": "", "HOME": "/home/u", "EMPTY": "", "X.Y": "1"]
            ]
        )
        #expect(
            json["mounts"] == [
                ["bind": "src", "at": "/a", "mode": "rw"], ["bind": "./b", "at": "/b", "mode": "ro"],
                ["bind": "/c", "at": "/c", "mode": "snapshot"], ["bind": "d", "at": "/d", "mode": "overlay"],
                ["tmpfs": "/t"], ["tmpfs": "/u", "size": "64M", "perm": "0755"], ["hide": "~/.ssh"],
                ["readonly": "/etc"],
            ]
        )
        #expect(json["devices"] == ["/dev/fuse"])
        #expect(json["broker"] == ["socket": "/s", "shim": "/p"])
        #expect(json["stdin"] == ["file": "in.txt"])
        #expect(json["workdir"] == "/w")
        #expect(json["root"] == ["oci": "a/b.tar", "ref": "v1"])
        #expect(json["network"] == "none")
        #expect(json["hostname"] == "h")
        #expect(
            json["resources"] == [
                "memory": "512m", "cpus": 1.5, "pids": 128, "rlimits": ["nofile": [1024, 2048], "core": -1],
            ]
        )
        #expect(json["user"] == ["uid": 1000, "gid": 100])
        #expect(
            json["security"] == [
                "capabilities": ["drop": ["ALL"], "add": ["net_raw", "KILL", "CHOWN"]],
                "seccomp": ["file": "a=b.json"],
            ]
        )
        #expect(json["secrets"] == ["T": ["env": "T"], "U": ["env": "V"], "W": ["file": "/a:b"]])
        #expect(json["outputs"] == ["/out/**"])
        #expect(json["init"] == false)
    }

    @Test(
        "a root file system is named by kind",
        arguments: [
            ("host:ro", ["host": "ro"]), ("host:rw", ["host": "rw"]), ("oci:a", ["oci": "a"]),
            ("oci:a:b", ["oci": "a", "ref": "b"]), ("oci:a:b/c", ["oci": "a:b/c"]),
            ("image:r:5/n:t", ["image": "r:5/n:t"]),
            ("tar:a:b", ["tar": "a:b"]), ("dir:~/d", ["dir": "~/d"]), ("empty", ["empty": true]),
        ] as [(String, JSONValue)]
    )
    func roots(_ text: String, _ root: JSONValue) throws {
        #expect(try Self.json { $0.rootfs = text }["root"] == root)
    }

    @Test("a wrong flag is named with what was expected")
    func wrong() {
        let modes = "mode rw, ro, overlay or snapshot"
        #expect(Self.line { $0.volumes = ["a"] } == #"-v: expected SRC:DST[:MODE], found "a""#)
        #expect(Self.line { $0.volumes = [":/a"] } == #"-v: expected SRC:DST[:MODE], found ":/a""#)
        #expect(Self.line { $0.volumes = ["a:/b:ro:x"] } == #"-v: expected SRC:DST[:MODE], found "a:/b:ro:x""#)
        #expect(Self.line { $0.volumes = ["a:/b:z"] } == #"-v: expected \#(modes), found "z""#)
        #expect(Self.line { $0.volumes = ["a:b"] }?.hasPrefix("-v: at: expected a path that begins with") == true)
        #expect(Self.line { $0.tmpfs = ["/a:size"] }?.hasPrefix("--tmpfs: expected DST[:size=SIZE") == true)
        #expect(Self.line { $0.tmpfs = ["/a:size=x"] }?.hasPrefix("--tmpfs: size: expected a size") == true)
        #expect(Self.line { $0.rootfs = "host" }?.hasPrefix("--rootfs: expected host:ro, host:rw") == true)
        #expect(Self.line { $0.rootfs = "host:x" }?.hasPrefix("--rootfs: expected host:ro, host:rw") == true)
        #expect(Self.line { $0.broker = "/s" } == #"--broker: expected SOCKET:SHIM, found "/s""#)
        #expect(Self.line { $0.user = "root" } == #"--user: expected an integer, found "root""#)
        #expect(Self.line { $0.user = "4294967295" } == "--user: out of range: 0 … 4294967294")
        #expect(Self.line { $0.cpus = "0x1" } == #"--cpus: expected a number such as 1.5, found "0x1""#)
        #expect(Self.line { $0.cpus = "nan" } == #"--cpus: expected a number such as 1.5, found "nan""#)
        #expect(Self.line { $0.pids = "1.5" } == #"--pids-limit: expected an integer, found "1.5""#)
        #expect(Self.line { $0.pids = "-1" } == "--pids-limit: out of range: 1 … 4194304")
        #expect(Self.line { $0.memory = "1Q" }?.hasPrefix("--memory: expected a size") == true)
        #expect(Self.line { $0.ulimits = ["nofile"] } == #"--ulimit: expected NAME=SOFT[:HARD], found "nofile""#)
        #expect(Self.line { $0.ulimits = ["files=1"] }?.hasPrefix("--ulimit: expected one of as, core") == true)
        #expect(Self.line { $0.network = "lo" } == #"--network: expected one of "none", "host", found "lo""#)
        #expect(Self.line { $0.capAdd = ["FOO"] }?.hasPrefix("--cap-add: expected a capability") == true)
        #expect(
            Self.line { $0.securityOptions = ["apparmor=x"] }?.hasPrefix("--security-opt: expected seccomp=") == true
        )
        #expect(Self.line { $0.preset = "x" }?.hasPrefix("--preset: expected one of") == true)
        #expect(Self.line { $0.workdir = "w" }?.hasPrefix("-w: expected an absolute path") == true)
        #expect(Self.line { $0.hide = ["x"] }?.hasPrefix("--hide: hide: expected a path that begins") == true)
        #expect(Self.line { $0.name = "last" }?.hasPrefix("--name: expected a name") == true)
    }

    @Test("an error of a variable or a secret never shows what may be its value")
    func values() {
        #expect(Self.line { $0.variables = ["=hunter2"] } == #"-e: expected KEY[=VALUE], with a name before "=""#)
        #expect(
            Self.line { $0.environmentFiles = [.init(name: "f.env", text: "A=1\nB C=hunter2\n")] }
                == #"--env-file: f.env: line 2: expected KEY[=VALUE], with a name before "=""#
        )
        #expect(Self.line { $0.secrets = ["T=hunter2"] } == #"--secret: expected NAME[=env:VAR|file:PATH] for "T""#)
    }

    @Test("what flags make is a spec that reads back")
    func whole() throws {
        let json = try Self.json { $0.volumes = ["a:/a"] }
        let spec = try SpecText.spec(from: json, source: "", name: SpecName.derived(fromCommand: "/bin/ls"))
        #expect(spec.name == "ls")
        #expect(spec.mounts == [.bind(.init(source: "a", destination: "/a", mode: .readWrite))])
        #expect(throws: SpecError.self) {
            try SpecText.spec(from: Self.json { $0.volumes = ["a:/a", "b:/a"] }, source: "", name: "a")
        }
    }
}
