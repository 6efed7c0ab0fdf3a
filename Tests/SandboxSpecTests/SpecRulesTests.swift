import JSONText
import SandboxSpec
import Testing

@Suite struct SpecRulesTests {
    /// Members of a spec, and the line of the first error.
    static let contradictions: [(members: String, line: String)] = [
        (
            #""network": "none", "namespaces": {"net": false}"#,
            #"namespaces.net: false contradicts network "none""#
        ),
        (#""namespaces": {"net": false}"#, #"namespaces.net: false contradicts network "none" of preset "baseline""#),
        (#""network": "host", "namespaces": {"net": true}"#, #"namespaces.net: true contradicts network "host""#),
        (
            #""preset": "privileged", "namespaces": {"net": true}"#,
            #"namespaces.net: true contradicts network "host" of preset "privileged""#
        ),
        (
            #""hostname": "a", "namespaces": {"uts": false}"#,
            "hostname: needs a namespace of its own, which contradicts namespaces.uts false"
        ),
        (
            #""hostname": "a", "preset": "privileged""#,
            #"hostname: needs a namespace of its own, which contradicts namespaces.uts false of preset "privileged""#
        ),
        (
            #""user": {"map": "subids"}, "namespaces": {"user": false}"#,
            #"user.map: "subids" contradicts namespaces.user false"#
        ),
        (
            #""user": {"map": "none"}, "namespaces": {"user": true}"#,
            #"user.map: "none" contradicts namespaces.user true"#
        ),
        (#""preset": "overlay", "runtime": "runc""#, #"runtime: "runc" contradicts preset "overlay""#),
        (#""runtime": "direct""#, #"runtime: "direct" contradicts preset "baseline""#),
        (
            #""preset": "overlay", "root": {"host": "ro"}"#,
            #"root: contradicts preset "overlay", which leaves the host's"#
        ),
        (
            #""preset": "overlay", "devices": "minimal""#,
            #"devices: contradicts preset "overlay", which leaves the host's"#
        ),
        (
            #""preset": "overlay", "network": "none""#,
            #"network: contradicts preset "overlay", which leaves the host's"#
        ),
        (
            #""preset": "overlay", "user": {"uid": 0}"#,
            #"user: contradicts preset "overlay", which leaves the host's"#
        ),
        (
            #""preset": "overlay", "hostname": "a", "namespaces": {"uts": true}"#,
            #"hostname: contradicts preset "overlay", which leaves the host's"#
        ),
        (
            #""preset": "restricted", "security": {"capabilities": {"add": ["KILL"]}}"#,
            #"security.capabilities.add: contradicts preset "restricted", which allows none"#
        ),
        (
            #""runtime": "bwrap", "security": {"noNewPrivileges": false}"#,
            #"security.noNewPrivileges: false contradicts runtime "bwrap", which always sets it"#
        ),
        (#""root": {"host": "rw", "writes": "discard"}"#, #"root.writes: contradicts root.host "rw""#),
        (
            #""preset": "privileged", "root": {"writes": "deny"}"#,
            #"root.writes: contradicts root.host "rw" of preset "privileged""#
        ),
        (
            #""mounts": [{"bind": "a", "at": "/x"}, {"tmpfs": "//x/./"}]"#,
            #"mounts[1].tmpfs: "/x" is also the place of mounts[0].at"#
        ),
        (
            #""mounts": [{"text": "a", "at": "/x"}], "secrets": {"T": {"file": "f", "at": "/x/"}}"#,
            #"secrets.T.at: "/x" is also the place of mounts[0].at"#
        ),
        (#""mounts": [{"bind": "a", "at": "/."}]"#, "mounts[0].at: the root itself is no mount point"),
        (#""mounts": [{"hide": "/"}]"#, "mounts[0].hide: the root itself can't be hidden"),
        (#""mounts": [{"readonly": "//"}]"#, "mounts[0].readonly: the root itself is made read-only by root"),
        (
            #""mounts": [{"bind": "a", "at": "/x", "mode": "rw", "writable": true}]"#,
            #"mounts[0].writable: contradicts mode "rw""#
        ),
        (
            #""broker": {"socket": "/s", "shim": "/p", "socketVariable": "MPROXY_SHIM_PATH"}"#,
            "broker.shimVariable: is the same as broker.socketVariable"
        ),
        (
            #""secrets": {"A.B": {"env": "T"}}, "env": {"set": {"A.B": "x"}}"#,
            #"secrets["A.B"]: contradicts env.set["A.B"]"#
        ),
        (
            #""security": {"capabilities": {"drop": ["KILL"], "add": ["CAP_KILL"]}}"#,
            "security.capabilities.add: CAP_KILL stands in security.capabilities.drop too"
        ),
        (#""resources": {"swap": 0}"#, "resources.swap: must be above zero"),
        (#""resources": {"memory": "1G", "swap": "512M"}"#, "resources.swap: is less than resources.memory"),
        (#""resources": {"memory": 0}"#, "resources.memory: must be above zero"),
        (
            #""resources": {"rlimits": {"nofile": [2, 1]}}"#,
            "resources.rlimits.nofile: the soft limit is above the hard one"
        ),
        (
            #""resources": {"rlimits": {"core": [-1, 1]}}"#,
            "resources.rlimits.core: the soft limit is above the hard one"
        ),
    ]

    @Test("a contradiction is an error that names both sides", arguments: contradictions)
    func contradiction(_ members: String, _ line: String) {
        #expect(problem(members) == line)
    }

    @Test(
        "what only looks like a contradiction is taken",
        arguments: [
            #""network": "host", "namespaces": {"net": false}"#, #""network": "none", "preset": "privileged""#,
            #""hostname": "a", "preset": "privileged", "namespaces": {"uts": true}"#,
            #""namespaces": {"uts": false}"#, #""preset": "overlay", "runtime": "direct""#,
            #""preset": "overlay", "devices": "host", "user": {"map": "none"}, "network": "host""#,
            #""preset": "restricted", "security": {"capabilities": {"drop": ["ALL"], "add": []}}"#,
            #""security": {"capabilities": {"drop": ["ALL"], "add": ["KILL"]}}"#,
            #""security": {"noNewPrivileges": false}"#, #""mounts": [{"hide": "/x"}, {"tmpfs": "/x"}]"#,
            #""mounts": [{"bind": "/", "at": "/host"}, {"tmpfs": "/host/a"}]"#,
            #""resources": {"rlimits": {"core": [5, -1], "nofile": -1}, "memory": "1G", "swap": "1G"}"#,
        ]
    )
    func noContradiction(_ members: String) {
        #expect(problem(members) == nil)
    }

    @Test("rules of a launcher count when auto has chosen it")
    func chosenRuntime() throws {
        let spec = try spec(#""security": {"noNewPrivileges": false}"#)
        #expect(SpecRules.problems(in: spec).isEmpty)
        #expect(SpecRules.problems(in: spec, runtime: .bwrap).map(\.field) == ["security.noNewPrivileges"])
        #expect(SpecRules.problems(in: spec, runtime: .runc).isEmpty)
    }

    @Test("one argument has at most 131,071 bytes, all of them 2 MiB, and bwrap takes 9,000")
    func argumentLimits() {
        func command(_ items: [String]) -> String {
            "\"command\": \(JSONValue.array(items.map(JSONValue.string)).canonicalText)"
        }
        let longest = String(repeating: "a", count: 131_071)
        #expect(problem(command(["a", longest])) == nil)
        #expect(problem(command(["a", longest + "a"])) == "command[1]: expected at most 131071 bytes, found 131072")
        #expect(problem(command([String](repeating: longest, count: 15))) == nil)
        #expect(
            problem(command([String](repeating: longest, count: 16)))
                == "command: arguments and variables take 2097280 bytes, more than 2031616"
        )
        let many = [String](repeating: "a", count: 9_001)
        #expect(problem(command(many)) == nil)
        #expect(
            problem(command(many) + #", "runtime": "bwrap""#) == "command: 9001 arguments, bwrap takes 9000 in all"
        )
    }

    @Test("a variable and its value share the limit of one argument")
    func variableLimit() {
        func set(_ length: Int) -> String {
            #""env": {"set": {"ABC": "\#(String(repeating: "a", count: length))"}}"#
        }
        #expect(problem(set(131_067)) == nil)
        #expect(problem(set(131_068)) == "env.set.ABC: name and value are longer than 131070 bytes")
    }

    @Test("a broker's socket has at most 107 bytes")
    func socketLimit() {
        func broker(_ length: Int) -> String {
            #""broker": {"socket": "\#("/" + String(repeating: "s", count: length - 1))", "shim": "/p"}"#
        }
        #expect(problem(broker(107)) == nil)
        #expect(problem(broker(108)) == "broker.socket: 108 bytes, a socket's path has at most 107")
    }

    @Test("hermetic takes only what becomes an artefact, and names what doesn't")
    func hermetic() throws {
        let good =
            #""cache": "hermetic", "root": {"tar": "a"}, "secrets": {"T": {"env": "T"}}, "#
            + #""mounts": [{"bind": "a", "at": "/a", "mode": "snapshot"}, {"tmpfs": "/t"}, {"hide": "/a/b"}]"#
        #expect(problem(good) == nil)
        let bad =
            #"{"command": ["a"], "cache": "hermetic", "stdin": "inherit", "tty": true, "devices": "host", "#
            + #""network": "host", "broker": {"socket": "/s", "shim": "/p"}, "secrets": {"T": {"env": "T", "key": "id"}}, "#
            + #""mounts": [{"bind": "a", "at": "/a"}, {"bind": "a", "at": "/b", "mode": "overlay"}]}"#
        let json = try SpecText.parse(Array(bad.utf8), file: "")
        let problems = SpecRules.problems(in: SandboxSpec.Spec(validated: json, name: "a"))
        #expect(
            problems.map(\.field) == [
                "root", "mounts[0]", "mounts[1]", "broker", "secrets.T.key", "stdin", "tty", "devices", "network",
            ]
        )
        #expect(problems.allSatisfy { $0.message.hasSuffix("contradicts cache \"hermetic\"") })
    }
}
