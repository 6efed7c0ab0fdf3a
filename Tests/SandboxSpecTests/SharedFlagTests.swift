import JSONText
import SandboxSpec
import Testing

@Suite struct SharedFlagTests {
    private static let base: JSONValue = [
        "command": ["a"], "mounts": [["bind": "x", "at": "/x"]], "resources": ["pids": 5],
    ]

    private static func set(_ assignments: String...) throws(SpecError) -> JSONValue {
        try SetFlag.apply(assignments, to: base)
    }

    private static func line(_ assignment: String) -> String? {
        do throws(SpecError) {
            _ = try set(assignment)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a value is JSON where that fits the field, else a string")
    func values() throws {
        #expect(try Self.set("resources.pids=7")["resources"] == ["pids": 7])
        #expect(try Self.set("hostname=7")["hostname"] == "7")
        #expect(try Self.set("env.set.A=1")["env"] == ["set": ["A": "1"]])
        #expect(try Self.set("env.set.A=\"1\"")["env"] == ["set": ["A": "1"]])
        #expect(try Self.set("env.set.A=a=b")["env"] == ["set": ["A": "a=b"]])
        #expect(try Self.set("env.set.A=")["env"] == ["set": ["A": ""]])
        #expect(try Self.set(#"env.set["A.B"]=x"#)["env"] == ["set": ["A.B": "x"]])
        #expect(try Self.set("env.inherit=false")["env"] == ["inherit": false])
        #expect(try Self.set(#"command=["b", "c"]"#)["command"] == ["b", "c"])
        #expect(try Self.set("command[+]=true")["command"] == ["a", "true"])
        #expect(try Self.set("init=true")["init"] == true)
        #expect(try Self.set("init=auto")["init"] == "auto")
        #expect(try Self.set("mounts[0].mode=rw")["mounts"]?.arrayValue?.first?["mode"] == "rw")
        #expect(try Self.set("mounts[0].optional=true")["mounts"]?.arrayValue?.first?["optional"] == true)
        #expect(try Self.set("resources.memory=512")["resources"]?["memory"] == 512)
        #expect(try Self.set("resources.memory=1G")["resources"]?["memory"] == "1G")
        #expect(try Self.set(#"root={"host": "rw"}"#)["root"] == ["host": "rw"])
        #expect(try Self.set("root.host=rw")["root"] == ["host": "rw"])
    }

    @Test("parts may be set one after the other")
    func parts() throws {
        let json = try Self.set("mounts[+].bind=y", "mounts[1].at=/y")
        #expect(json["mounts"]?.arrayValue?.last == ["bind": "y", "at": "/y"])
    }

    @Test(
        "a wrong assignment names flag and field",
        arguments: [
            ("resources.pids=abc", "--set: resources.pids: expected an integer, found a string"),
            ("resources.pids=-1", "--set: resources.pids: out of range: 1 … 4194304"),
            ("network=lo", #"--set: network: expected one of "none", "host", found "lo""#),
            ("tty=1", "--set: tty: expected a boolean, found an integer"),
            ("hostnam=x", #"--set: hostnam: unknown key "hostnam"; did you mean "hostname"?"#),
            ("resources.pid=1", #"--set: resources.pid: unknown key "pid"; did you mean "pids"?"#),
        ]
    )
    func wrong(_ assignment: String, _ line: String) {
        #expect(Self.line(assignment) == line)
    }

    @Test(
        "an assignment without a path, or past the end, is refused",
        arguments: ["", "=x", "network", "a[", "mounts[7].at=/x"]
    )
    func malformed(_ assignment: String) {
        #expect(Self.line(assignment)?.hasPrefix("--set: ") == true)
    }

    @Test("the shared flags are written over a spec's own fields")
    func shared() throws {
        var flags = SharedFlags()
        #expect(flags.isEmpty)
        #expect(try flags.apply(to: Self.base) == Self.base)
        flags.runtime = "bwrap"
        flags.timeout = "30s"
        flags.killAfter = "5s"
        flags.capture = "none"
        flags.tty = true
        flags.interactive = true
        flags.assignments = ["resources.timeout=1m"]
        #expect(!flags.isEmpty)
        let json = try flags.apply(to: Self.base)
        #expect(json["runtime"] == "bwrap")
        #expect(json["resources"] == ["pids": 5, "timeout": "1m", "grace": "5s"])
        #expect(json["capture"] == ["mode": "none"])
        #expect(json["tty"] == true)
        #expect(json["stdin"] == "inherit")
        flags.timeout = "30"
        #expect(throws: SpecError.self) { try flags.apply(to: Self.base) }
    }
}
