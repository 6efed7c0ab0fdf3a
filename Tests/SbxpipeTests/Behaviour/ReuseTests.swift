import HostFiles
import JSONText
import TestSupport
import Testing

/// Launches that `--reuse` takes from the cache; a command that was run says so in a file of the host's.
@Suite("Reuse of launches", .tags(.large), .needsBubblewrap)
struct ReuseTests {
    private let space: Workspace

    init() throws { space = try Workspace("reuse") }

    private func spec(_ script: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let mounts: JSONValue = [
            ["bind": "src", "at": "/src", "mode": "snapshot"], ["bind": "ran", "at": "/ran", "mode": "rw"],
        ]
        let members: [String: JSONValue] = [
            "command": ["/bin/sh", "-c", .string("echo x >>/ran/count; " + script)], "mounts": mounts,
            "cache": "always",
        ]
        return .object(members.merging(more) { $1 })
    }

    /// How often the command was run.
    private var count: Int { (try? space.folder.read("work/ran/count"))?.utf8.filter { $0 == 0x0A }.count ?? 0 }

    private func prepare() throws {
        try space.makeFolder("ran")
        try space.write("one\n", to: "src/file")
    }

    @Test(
        "A hit gives the same bytes and outputs, runs nothing, and is a run of its own",
        arguments: Requirements.users
    )
    func hit(user: UInt32?) throws {
        let space = try Workspace("reusehit", user: user)
        try space.makeFolder("ran")
        try space.write("one\n", to: "src/file")
        // Chunks that come one after the other on two streams.
        let script = "cat /src/file; sleep 0.1; echo oops >&2; sleep 0.1; printf '\\377\\000end'; cp /src/file /tmp/out"
        let first = try space.exec(spec(script, ["outputs": ["/tmp/out"]]), ["--reuse"])
        #expect(first.run.code == 0, "\(first.run)")
        let second = try space.recorded(["exec", "--reuse", "sandbox.json"])
        #expect(second.run.output == first.run.output && second.run.text.hasPrefix("one\n"))
        #expect(second.run.errorText == "oops\n", "\(second.run)")
        #expect(second.record == first.record, "the record is that of the launch")
        #expect(try space.folder.read("work/ran/count") == "x\n")
        let runs = try ["last~1", "last"].map { try space.artefact("6-collect/run.json", of: $0) }
        #expect(runs.map { $0["cached"] } == [false, true])
        for name in ["plan", "launch", "captures", "name"] { #expect(runs[0][name] == runs[1][name], "\(name)") }
        #expect(runs[0]["id"] != runs[1]["id"])
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/tmp/out"]).text == "one\n")
        #expect(try space.tool(["logs", "last"]).output == first.run.output)
        // In the order in which they came, where both go to one place.
        let mixed = try space.tool(["exec", "--reuse"], through: "exec \"$0\" \"$@\" 2>&1")
        #expect(mixed.output == Array("one\noops\n".utf8) + [0xFF, 0] + Array("end".utf8), "\(mixed)")
        #expect(try space.folder.read("work/ran/count") == "x\n")
        #expect(try space.tool(["cache", "verify"]).code == 0)
    }

    @Test("A changed file of a snapshot, --no-cache and another machine's key run the command; a miss can be refused")
    func misses() throws {
        try prepare()
        let text = spec("cat /src/file")
        #expect(try space.exec(text).run.text == "one\n")
        #expect(try space.exec(text, ["--reuse", "--fail-on-cache-miss"]).run.text == "one\n")
        #expect(count == 1, "what was run without --reuse is served as well")
        try space.write("two\n", to: "src/file")
        let (refused, _) = try space.exec(text, ["--reuse", "--fail-on-cache-miss"])
        #expect(refused.code == 125 && refused.text.isEmpty, "\(refused)")
        #expect(try space.tool(["plan"]).code == 0)
        let (launch, record) = try space.exec(text, ["--reuse", "--fail-on-cache-miss"])
        #expect(
            launch.code == 125 && launch.errorLines == ["sbxpipe: error: stage launch is not in the cache"],
            "\(launch)"
        )
        #expect(record?["failure"]?["domain"] == "sbxpipe")
        #expect(count == 1)
        #expect(try space.exec(text, ["--reuse"]).run.text == "two\n")
        #expect(count == 2)
        try space.write("one\n", to: "src/file")
        #expect(try space.exec(text, ["--reuse"]).run.text == "one\n")
        #expect(count == 2, "what was launched earlier is still served")
        #expect(try space.exec(text, ["--reuse", "--no-cache"]).run.text == "one\n")
        #expect(count == 3)
        let (other, _) = try space.exec(text, ["--reuse"], adding: ["XDG_STATE_HOME": space.folder("home/other")])
        #expect(other.text == "one\n" && count == 4, "\(other)")
    }

    @Test(
        "What failed, was killed or cut, and what lacks a control, is kept and never served",
        arguments: [
            ("exit 3", [:], []), ("kill -9 $$", [:], []),
            ("head -c 100000 /dev/zero", ["capture": ["limit": "10K"]], []),
            ("true", ["outputs": [["path": "/tmp/gone", "required": true]]], []),
            ("true", ["runtime": "bwrap", "resources": ["cpus": 1]], ["--allow-degraded", "resources.cpus"]),
        ] as [(String, [String: JSONValue], [String])]
    )
    func neverServed(script: String, more: [String: JSONValue], flags: [String]) throws {
        try prepare()
        // Nobody has a cgroup here, so that the limit is missing for root too.
        let through =
            flags.isEmpty
            ? "exec \"$0\" \"$@\""
            : "unshare -m --propagation private sh -c "
                + "'mount -t tmpfs none /sys/fs/cgroup; exec \"$0\" \"$@\"' \"$0\" \"$@\""
        if !flags.isEmpty, !Requirements.isRoot { return }
        try space.spec(spec(script, more))
        let runs = try (0..<2).map { _ in try space.tool(["exec", "sandbox.json", "--reuse"] + flags, through: through)
        }
        #expect(runs[0].code == runs[1].code && runs[0].output == runs[1].output, "\(runs)")
        #expect(count == 2, "\(runs)")
        #expect(try space.artefact("6-collect/run.json")["cached"] == false)
    }

    @Test(
        "A spec that can't be served is refused under --reuse, by its field",
        arguments: [
            (["cache": "never"], "cache"), (["stdin": "inherit"], "stdin"), (["tty": true], "tty"),
            (["capture": ["mode": "none"]], "capture.mode"),
        ] as [([String: JSONValue], String)]
    )
    func refused(more: [String: JSONValue], field: String) throws {
        try prepare()
        let (run, _) = try space.exec(spec("true", more), ["--reuse"])
        #expect(run.code == 125 && count == 0, "\(run)")
        #expect(run.errorLines.first?.hasPrefix("sbxpipe: error: --reuse: \(field) is ") == true, "\(run)")
        #expect(try space.tool(["plan", "--reuse"]).code == 64)
    }

    @Test("stdin, the environment, the runtime and the limits are of the key; name and annotations are not")
    func key() throws {
        try prepare()
        try space.write("in\n", to: "in")
        func expect(_ more: [String: JSONValue], runs: Int, _ what: String) throws {
            let (run, _) = try space.exec(spec("cat", more), ["--reuse"])
            #expect(run.code == 0 && count == runs, "\(what): \(run)")
        }
        try expect([:], runs: 1, "first")
        try expect(["name": "other", "annotations": ["a": "b"]], runs: 1, "name")
        try expect(["stdin": ["file": "in"]], runs: 2, "stdin")
        try expect(["stdin": ["file": "in"]], runs: 2, "the same stdin")
        try space.write("IN\n", to: "in")
        try expect(["stdin": ["file": "in"]], runs: 3, "stdin's content")
        try expect(["stdin": ["text": "in"]], runs: 4, "stdin's text")
        try expect(["env": ["set": ["A": "1"]]], runs: 5, "environment")
        try expect(["resources": ["rlimits": ["nofile": 99]]], runs: 6, "limits")
        if Requirements.has("runc") { try expect(["runtime": "runc"], runs: 7, "runtime") }
        try expect([:], runs: count, "first again")
        // Another project whose spec says the same of its own folder.
        try space.write("one\n", to: "p/src/file")
        try space.makeFolder("p/ran")
        try space.spec(spec("cat"), named: "p/sandbox.json")
        #expect(try space.tool(["exec", "p/sandbox.json", "--reuse"]).code == 0)
        #expect(try space.folder.read("work/p/ran/count") == "x\n")
    }

    @Test("A capture that is damaged or missing is not served, and why tells of the launch")
    func damaged() throws {
        try prepare()
        let text = spec("cat /src/file", ["outputs": ["/tmp/none"]])
        func why() throws -> (code: Int32, hit: JSONValue?, reason: String?) {
            let run = try space.tool(["why", "--json"])
            let launch = try run.json()["stages"]?.arrayValue?.last
            return (run.code, launch?["hit"], launch?["reason"]?.stringValue)
        }
        try space.spec(text)
        #expect(try space.tool(["plan"]).code == 0)
        #expect(try why() == (1, false, "no launch of this key is kept that could be served"))
        #expect(try space.exec(text).run.code == 0)
        #expect(try why() == (0, true, nil))
        let receipt = try space.json(["inspect", "--json"])["stages"]?.arrayValue?.last?["files"]
        for (file, change) in [("stdout", "chmod 600 $0; echo x >>$0"), ("outputs.tar", "rm -f $0")] {
            let digest = try #require(receipt?[file]?["digest"]?.stringValue?.dropFirst(7))
            let path = "\(space.store)/cache/blobs/sha256/\(digest)"
            let before = count
            _ = try Program.run(["/bin/sh", "-c", change, path], in: "/", environment: ["PATH": "/bin:/usr/bin"])
            #expect(try why().code == 1)
            #expect(try space.exec(text, ["--reuse"]).run.text == "one\n")
            #expect(count == before + 1, "\(file)")
            #expect(try why().code == 0)
        }
        try space.write("two\n", to: "src/file")
        #expect(try why() == (1, false, "a snapshot was never launched as it is now"))
    }
}
