import HostFiles
import TestSupport
import Testing

/// Bad specs and arguments: one line, the right exit code, the field, nothing changed (SAFETY.md, faults).
@Suite(.enabled(if: Requirements.has("bwrap")))
struct SpecFaultTests {
    /// plan says 2, exec 125, for the same spec.
    private func expectBoth(_ lab: SafetyLab, _ file: String, _ words: [String]) throws {
        for (command, code) in [("plan", Int32(2)), ("exec", 125)] {
            let run = try lab.tool([command, file])
            expectRefused(run, code, words.first ?? "")
            for word in words { #expect(run.errorText.contains(word), "\(word): \(run)") }
        }
    }

    @Test("a spec that is no readable file is refused", arguments: Requirements.users)
    func files(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("", to: "empty.json")
        try lab.folder.folder("folder.json")
        _ = try lab.outside(
            "mkfifo fifo.json; ln -s loop.json loop.json; truncate -s 1G huge.json; "
                + "printf '{\"a\": \"\\377\"}' > latin.json"
        )
        try lab.own()
        for name in ["empty", "folder", "fifo", "loop", "huge", "latin", "none"] {
            try expectBoth(lab, "./\(name).json", ["\(name).json"])
        }
        try expectBoth(lab, "/dev/zero", ["/dev/zero"])
    }

    @Test("a spec without permission is refused", .enabled(if: Requirements.isRoot))
    func permission() throws {
        let lab = try SafetyLab(4321)
        try lab.folder.write("{\"command\": [\"true\"]}", to: "s.json", mode: 0o600)
        try expectBoth(lab, "./s.json", ["s.json", "ermission"])
    }

    @Test(
        "a spec that says something wrong is refused with its field",
        arguments: [
            ("{\"command\": [\"true\"], \"command\": [\"id\"]}", "command"),
            ("{\"command\": [\"true\"], \"env\": {\"set\": {\"A\": \"1\", \"A\": \"2\"}}}", "A"),
            ("{\"command\": [\"true\"], \"netwrok\": \"none\"}", "netwrok"),
            (
                "{\"command\": [\"true\"], \"mounts\": [{\"bind\": \"/etc\", \"at\": \"/a\", \"moed\": \"ro\"}]}",
                "mounts[0].moed"
            ),
            ("{\"command\": [\"true\"], \"user\": {\"uid\": 4294967296}}", "user.uid"),
            ("{\"command\": [\"true\"], \"user\": {\"uid\": -1}}", "user.uid"),
            ("{\"command\": [\"true\"], \"user\": {\"uid\": 1e99}}", "user.uid"),
            ("{\"command\": [\"true\"], \"user\": {\"uid\": 99999999999999999999999999}}", "64 bits"),
            ("{\"command\": [\"true\"], \"user\": {\"uid\": 1.5}}", "user.uid"),
            ("{\"command\": \"true\"}", "command"), ("{\"command\": []}", "command"),
            ("{\"command\": [\"\"]}", "command[0]"),
            ("{\"command\": [\"tr\\u0000ue\"]}", "command[0]"), ("{}", "command"), ("[]", "s.json"), ("{", "s.json"),
            (
                "{\"command\": [\"true\"], \"env\": {\"set\": {\"A\": \"x\\u0000--bind\\u0000/\\u0000/h\"}}}",
                "env.set.A"
            ),
            ("{\"command\": [\"true\"], \"env\": {\"set\": {\"A=B\": \"x\"}}}", "env.set"),
            ("{\"command\": [\"true\"], \"mounts\": [{\"text\": \"x\", \"at\": \"/a\\u0000b\"}]}", "mounts[0].at"),
            ("{\"command\": [\"true\"], \"network\": \"none\", \"namespaces\": {\"net\": false}}", "namespaces.net"),
            ("{\"command\": [\"true\"], \"hostname\": \"a\", \"namespaces\": {\"uts\": false}}", "hostname"),
            ("{\"command\": [\"true\"], \"require\": [\"nothing\"]}", "require"),
            ("{\"command\": [\"true\"], \"schema\": \"sbxpipe.spec/v2\"}", "schema"),
            (
                "{\"command\": [\"true\"], \"security\": {\"capabilities\": {\"drop\": [\"CAP_NONE\"]}}}",
                "security.capabilities.drop"
            ),
            (
                "{\"command\": [\"true\"], \"preset\": \"restricted\", "
                    + "\"security\": {\"capabilities\": {\"add\": [\"KILL\"]}}}",
                "add"
            ),
            ("{\"command\": [\"true\"]} trailing", "s.json"), ("{\"command\": [\"\\ud800\"]}", "s.json"),
        ]
    )
    func content(spec: String, word: String) throws {
        let lab = try SafetyLab()
        try lab.spec(spec, to: "s.json")
        try expectBoth(lab, "s.json", ["s.json", word])
    }

    @Test("64 levels are taken, 65 are not")
    func depth() throws {
        let lab = try SafetyLab()
        func nested(_ depth: Int) -> String {
            let inner = depth - 1
            return "{\"x\": " + String(repeating: "[", count: inner) + String(repeating: "]", count: inner) + "}"
        }
        try lab.spec(nested(64), to: "s.json")
        let deepest = try lab.tool(["plan", "s.json"])
        expectRefused(deepest, 2, "s.json", "x")
        #expect(!deepest.errorText.contains("deep"), "\(deepest)")
        try lab.spec(nested(65), to: "s.json")
        expectRefused(try lab.tool(["plan", "s.json"]), 2, "s.json", "deep")
        try lab.spec(String(repeating: "[", count: 1 << 20), to: "s.json")
        expectRefused(try lab.tool(["plan", "s.json"]), 2, "s.json")
    }

    @Test("arguments beyond the kernel's or the launcher's limits are refused", arguments: Requirements.users)
    func arguments(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        func spec(_ arguments: [String]) -> String {
            "{\"runtime\": \"bwrap\", \"command\": [\"/bin/true\"" + arguments.map { ", \"\($0)\"" }.joined() + "]}"
        }
        let long = String(repeating: "a", count: 131_072)
        for (arguments, word) in [
            ([long], "command[1]"), (Array(repeating: String(long.dropLast(9)), count: 17), "command"),
            (Array(repeating: "a", count: 9_001), "command"),
        ] {
            try lab.spec(spec(arguments), to: "s.json")
            try expectBoth(lab, "s.json", [word])
        }
        try lab.spec(spec([String(long.dropLast())]), to: "s.json")
        let run = try lab.tool(["exec", "s.json"])
        #expect(run.code == 0, "\(run)")
    }

    @Test("many arguments with many mounts are refused before the launch", arguments: Requirements.users)
    func argumentsInAll(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let words = Array(repeating: "\"a\"", count: 8_950).joined(separator: ", ")
        try lab.spec("{\"command\": [\"/bin/true\", \(words)]}", to: "s.json")
        let run = try lab.tool(["exec", "s.json"])
        expectRefused(run, 125, "argument")
    }

    @Test("inherited variables too large for execve are refused")
    func environment() throws {
        let lab = try SafetyLab()
        try lab.spec("{\"command\": [\"true\"], \"env\": {\"inherit\": [\"BIG*\"]}}", to: "s.json")
        var variables: [String: String] = [:]
        for number in 0..<22 { variables["BIG\(number)"] = String(repeating: "x", count: 93_500) }
        let run = try lab.tool(["exec", "s.json"], environment: variables)
        expectRefused(run, 125, "environment")
    }

    @Test("control bytes of a spec are escaped in its error", arguments: Requirements.users)
    func controlBytes(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.spec("{\"command\": [\"true\"], \"\\u001b[31m\\nsbxpipe: error: x\": 1}", to: "s.json")
        try expectBoth(lab, "s.json", ["s.json"])
        expectRefused(try lab.inside("true", ["-v", "/no\u{1B}[31m\nx:/a"]), 125, "mounts[0].bind")
        expectRefused(try lab.tool(["exec", "no\u{1B}[2J\n/x.json"]), 125)
    }

    @Test("usage errors are 64 for plan and 125 for run and exec")
    func usage() throws {
        let lab = try SafetyLab()
        expectRefused(try lab.tool(["plan", "--nonsense"]), 64, "nonsense")
        expectRefused(try lab.tool(["exec", "--nonsense"]), 125, "nonsense")
        expectRefused(try lab.tool(["run", "--nonsense", "--", "true"]), 125, "nonsense")
    }
}
