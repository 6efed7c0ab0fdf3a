import JSONText
import TestSupport
import Testing

@Suite("logs", .tags(.large), .needsBubblewrap)
struct LogsTests {
    /// Runs a script of sh, whose output is not looked at.
    private func ran(_ space: Workspace, _ script: String, _ flags: [String] = []) throws {
        let run = try space.tool(["run"] + flags + ["--", "/bin/sh", "-c", script])
        #expect(run.code == 0, "\(run)")
    }

    /// A line of `--timestamps`: its time and the rest.
    private func parts(_ line: Substring) throws -> (time: Substring, rest: Substring) {
        let time = line.prefix { $0 != " " }
        #expect(time.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#) != nil, "\(line.prefix(100))")
        return (time, line.dropFirst(time.count + 1))
    }

    /// Microseconds since 1970 as date(1) reads a time.
    private func microseconds(_ time: some StringProtocol) throws -> Int64 {
        let run = try Program.run(["/bin/date", "-u", "-d", String(time), "+%s%6N"], in: "/", environment: [:])
        return try #require(Int64(run.text.prefix { $0 != "\n" }))
    }

    /// When the chunks of the newest run came, in microseconds since 1970, by its record and its frames.
    private func times(_ space: Workspace) throws -> [Int64] {
        let started = try microseconds(try #require(try space.artefact("5-launch/result.json")["started"]?.stringValue))
        return try space.tool(["cat", "last", "6-collect/frames.jsonl"]).text.split(separator: "\n").map { line in
            let seconds = try #require(try JSONParser.parse(Array(line.utf8))["seconds"]?.numberValue)
            return started + Int64((seconds * 1e6).rounded())
        }
    }

    /// stdout and stderr of the tool in one stream.
    private func merged(_ space: Workspace, _ arguments: [String]) throws -> ToolRun {
        try space.tool(arguments, through: "exec \"$0\" \"$@\" 2>&1")
    }

    @Test("Both streams in the order in which they came", arguments: Requirements.users)
    func order(user: UInt32?) throws {
        let space = try Workspace("logorder", user: user)
        try ran(space, "for i in 1 2; do echo out$i; sleep 0.3; echo err$i >&2; sleep 0.3; done; printf end")
        #expect(try merged(space, ["logs"]).text == "out1\nerr1\nout2\nerr2\nend")
        let run = try space.tool(["logs"])
        #expect(run.text == "out1\nout2\nend" && run.errorText == "err1\nerr2\n", "\(run)")
    }

    @Test("--timestamps: time and stream before each line, by the launch record and the frames")
    func timestamps() throws {
        let space = try Workspace("logtimes")
        try ran(space, "echo a; sleep 0.3; echo b >&2; sleep 0.3; echo c; echo d")
        let lines = try merged(space, ["logs", "--timestamps"]).text.split(separator: "\n").map(parts)
        #expect(lines.map(\.rest) == ["stdout a", "stderr b", "stdout c", "stdout d"])
        #expect(lines.map(\.time) == lines.map(\.time).sorted())
        #expect(try microseconds(lines[0].time) == times(space).first)
        let out = try space.tool(["logs", "--timestamps", "--stdout"])
        #expect(out.errors.isEmpty)
        #expect(try out.text.split(separator: "\n").map { try parts($0).rest } == ["a", "c", "d"])
        let error = try space.tool(["logs", "-t", "--stderr", "last"])
        #expect(try error.errorText.split(separator: "\n").map { try parts($0).rest } == ["b"])
    }

    @Test("A line of several chunks has the time of its first byte, and its place")
    func chunks() throws {
        let space = try Workspace("logchunks")
        try ran(space, "printf par; sleep 0.3; echo between >&2; sleep 0.3; echo tial; sleep 0.3; printf end")
        let run = try merged(space, ["logs", "--timestamps"])
        #expect(run.text.hasSuffix("end\n"))
        let lines = try run.text.split(separator: "\n").map(parts)
        #expect(lines.map(\.rest) == ["stdout partial", "stderr between", "stdout end"])
        let times = try times(space)
        #expect(try lines.map { try microseconds($0.time) } == [times[0], times[1], times[3]])
    }

    @Test("Bytes are what they were: zeros, no UTF-8, a line of 300 KiB, no line feed at the end")
    func binary() throws {
        let space = try Workspace("logbytes")
        let script =
            "head -c 300000 /dev/zero | tr '\\0' x; printf '\\n\\0\\377\\r\\n'; head -c 70000 /dev/zero; echo e >&2"
        let whole = try Program.run(["/bin/sh", "-c", script], in: "/", environment: ["PATH": "/usr/bin:/bin"])
        try ran(space, script)
        #expect(try space.tool(["logs"]).output == whole.output)
        #expect(try space.tool(["logs", "--stdout"]).output == whole.output)
        let stamped = try space.tool(["logs", "--timestamps"])
        let lines = stamped.output.split(separator: 0x0A).map { $0.dropFirst(28 + "stdout ".utf8.count) }
        #expect(lines.map(Array.init) == whole.output.split(separator: 0x0A).map(Array.init))
        #expect(stamped.output.last == 0x0A)
    }

    @Test("What was not kept is told of where it is missing", arguments: ["separate", "combined"])
    func truncated(mode: String) throws {
        let space = try Workspace("logtruncated")
        try ran(space, "seq 1 1000; echo end", ["--capture", mode, "--set", "capture.limit=20"])
        let run = try space.tool(["logs"])
        let stream = mode == "combined" ? "combined" : "stdout"
        // 3,897 bytes in all.
        #expect(run.text == "1\n2\n3\n4\n5\n\n1000\nend\n", "\(run)")
        #expect(run.errorText == "sbxpipe: \(stream): 3877 bytes were not kept, over capture.limit\n", "\(run)")
        #expect(try space.tool(["logs", "-q"]).errors.isEmpty)
        let name = mode == "combined" ? "" : "stdout "
        let gap = "[3877 bytes were not kept, over capture.limit]"
        let expected = ["1", "2", "3", "4", "5", gap, "", "1000", "end"].map { name + $0 }
        let stamped = try merged(space, ["logs", "--timestamps"]).text.split(separator: "\n").map(parts)
        #expect(stamped.map { String($0.rest) } == expected)
    }

    @Test("A capture of nothing is an error that says so, one of both streams can't be split")
    func modes() throws {
        let space = try Workspace("logmodes")
        try ran(space, "echo x", ["--capture", "none"])
        for flags in [[], ["--timestamps"], ["--stdout"]] {
            let run = try space.tool(["logs"] + flags)
            #expect(run.code == 2 && run.output.isEmpty && run.errorText.contains("capture.mode \"none\""), "\(run)")
        }
        try ran(space, "echo a; echo b >&2", ["--capture", "combined"])
        let both = try space.tool(["logs", "--timestamps"])
        #expect(try both.text.split(separator: "\n").map { try parts($0).rest } == ["a", "b"])
        #expect(try space.tool(["logs", "--stderr"]).code == 2)
        #expect(try space.tool(["run", "--", "no-such-command"]).code == 127)
        let empty = try space.tool(["logs", "--timestamps"])
        #expect(empty.code == 0 && empty.output.isEmpty && empty.errors.isEmpty, "\(empty)")
    }

    @Test("A reader that leaves is no error; a plan has no logs")
    func endings() throws {
        let space = try Workspace("logends")
        try ran(space, "seq 1 100000")
        let run = try space.tool(
            ["logs", "--timestamps"],
            through: "set -o pipefail; \"$0\" \"$@\" | head -n 1; exit ${PIPESTATUS[0]}",
            shell: "/bin/bash"
        )
        #expect(run.code == 0 && run.errors.isEmpty && run.text.hasSuffix(" stdout 1\n"), "\(run)")
        try space.spec(["name": "job", "command": ["true"]])
        #expect(try space.tool(["plan"]).code == 0)
        let plan = try space.tool(["logs", "job"])
        #expect(plan.code == 2 && plan.errorText.contains("sbxpipe exec job"), "\(plan)")
    }
}
