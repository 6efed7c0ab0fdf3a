import JSONText
import TestSupport
import Testing

@Suite("Captures", .tags(.large), .needsBubblewrap)
struct CaptureTests {
    /// The digest of a file of the workspace as sha256sum(1) has it.
    private func digest(_ path: String) throws -> JSONValue {
        let run = try Program.run(["/usr/bin/sha256sum", path], in: "/", environment: [:])
        return .string("sha256:" + run.text.prefix(64))
    }

    private func frames(_ space: Workspace) throws -> [JSONValue] {
        let lines = try space.tool(["cat", "last", "6-collect/frames.jsonl"]).text.split(separator: "\n")
        return try lines.map { try JSONParser.parse(Array($0.utf8)) }
    }

    @Test("Separate: each stream whole, passed on, kept, with its digest", arguments: Requirements.users)
    func separate(user: UInt32?) throws {
        let space = try Workspace("separate", user: user)
        let (run, _) = try space.recorded(["run", "--", "/bin/sh", "-c", "echo out; echo err >&2; printf more"])
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "out\nmore")
        #expect(run.errorText == "err\n")
        let captures = try space.artefact("6-collect/captures.json")
        let files = ["stdout": "out\nmore", "stderr": "err\n"]
        for (name, text) in files {
            let sum = try digest(try space.write(text, to: "expected"))
            #expect(captures[name]?["digest"] == sum)
            #expect(captures[name]?["bytes"] == .integer(Int64(text.utf8.count)))
            #expect(captures[name]?["truncated"] == false)
            let piece: JSONValue = ["offset": 0, "bytes": .integer(Int64(text.utf8.count)), "digest": sum]
            #expect(captures[name]?["kept"] == [piece])
            #expect(try space.tool(["cat", "last", "6-collect/\(name)"]).text == text)
        }
        #expect(captures["combined"] == nil)
    }

    @Test("Combined: two thousand lines in the command's order", arguments: Requirements.users)
    func combined(user: UInt32?) throws {
        let space = try Workspace("combined", user: user)
        let script = "i=0; while [ $i -lt 1000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done"
        let (run, _) = try space.recorded(["run", "--capture", "combined", "--", "/bin/sh", "-c", script])
        #expect(run.code == 0, "\(run)")
        let expected = (0..<1000).map { "o\($0)\ne\($0)\n" }.joined()
        #expect(try space.tool(["cat", "last", "6-collect/combined"]).text == expected)
        #expect(run.text + run.errorText == expected)
        let captures = try space.artefact("6-collect/captures.json")
        #expect(captures["combined"]?["digest"] == (try digest(try space.write(expected, to: "expected"))))
        #expect(captures["stdout"] == nil && captures["stderr"] == nil)
    }

    @Test("None: passed on and not kept")
    func none() throws {
        let space = try Workspace("none")
        let (run, record) = try space.recorded(
            ["run", "--capture", "none", "--", "/bin/sh", "-c", "echo out; echo err >&2; exit 3"]
        )
        #expect(run.code == 3)
        #expect(run.text == "out\n")
        #expect(run.errorText == "err\n")
        #expect(record?["exitCode"] == 3)
        let captures = try space.artefact("6-collect/captures.json")
        #expect(captures == ["schema": "sbxpipe.captures/v1", "outputs": []])
        #expect(try space.tool(["cat", "last", "6-collect/stdout"]).code == 2)
    }

    @Test(
        "Past the limit head and tail are kept, all of it is counted and passed on",
        arguments: ["stdout", "combined"]
    )
    func limit(stream: String) throws {
        let space = try Workspace("limit")
        let make = "seq 1 200000 | head -c 1048576"
        let whole = try Program.run(["/bin/sh", "-c", make], in: "/", environment: ["PATH": "/usr/bin:/bin"])
        #expect(whole.output.count == 1 << 20)
        let mode: JSONValue = stream == "stdout" ? "separate" : "combined"
        let (run, _) = try space.exec([
            "command": ["/bin/sh", "-c", .string(make)], "capture": ["limit": "1K", "mode": mode],
        ])
        #expect(run.code == 0, "\(run.errorText)")
        #expect(run.output == whole.output)
        let kept = try space.tool(["cat", "last", "6-collect/\(stream)"]).output
        #expect(kept == Array(whole.output.prefix(512) + whole.output.suffix(512)))
        let sums = try [
            "whole": whole.output, "head": Array(whole.output.prefix(512)), "tail": whole.output.suffix(512),
        ]
        .mapValues { try digest(try space.write(String(decoding: $0, as: UTF8.self), to: "expected")) }
        let captures = try space.artefact("6-collect/captures.json")[stream]
        #expect(captures?["digest"] == sums["whole"])
        #expect(captures?["bytes"] == 1_048_576)
        #expect(captures?["truncated"] == true)
        let pieces = captures?["kept"]?.arrayValue ?? []
        #expect(pieces.count == 2)
        #expect(pieces.first?["offset"] == 0)
        #expect(pieces.last?["offset"] == .integer(1_048_576 - 512))
        #expect(pieces.map { $0["digest"] } == [sums["head"], sums["tail"]])
    }

    @Test("A stream of exactly the limit is whole, of one byte more is not")
    func atTheLimit() throws {
        let space = try Workspace("exact")
        for (count, truncated) in [(1024, false), (1025, true)] {
            let (run, _) = try space.exec([
                "command": ["/usr/bin/head", "-c", .string(String(count)), "/dev/zero"], "capture": ["limit": "1K"],
            ])
            #expect(run.code == 0, "\(run.errorText)")
            #expect(run.output.count == count)
            let stream = try space.artefact("6-collect/captures.json")["stdout"]
            #expect(stream?["truncated"] == .bool(truncated))
            #expect(stream?["bytes"] == .integer(Int64(count)))
        }
    }

    @Test("Frames: chunks in order, without a gap, to the whole of each stream")
    func frameLines() throws {
        let space = try Workspace("frames")
        let script = "for i in 1 2 3; do echo out$i; sleep 0.02; echo err$i >&2; sleep 0.02; done"
        #expect(try space.tool(["run", "--", "/bin/sh", "-c", script]).code == 0)
        let captures = try space.artefact("6-collect/captures.json")
        let text = try space.tool(["cat", "last", "6-collect/frames.jsonl"]).text
        #expect(captures["frames"] == (try digest(try space.write(text, to: "expected"))))
        var ends: [String: Int64] = ["stdout": 0, "stderr": 0]
        var time = 0.0
        for frame in try frames(space) {
            let stream = try #require(frame["stream"]?.stringValue)
            let seconds = try #require(frame["seconds"]?.numberValue)
            #expect(frame["offset"] == .integer(ends[stream] ?? -1))
            ends[stream, default: 0] += try #require(frame["length"]?.integerValue)
            #expect(seconds >= time)
            time = seconds
        }
        #expect(ends == ["stdout": 15, "stderr": 15])
    }

    @Test("logs gives each stream on its own, or one of them")
    func logs() throws {
        let space = try Workspace("logs")
        #expect(
            try space.tool(["run", "--name", "talk", "--", "/bin/sh", "-c", "echo out; echo err >&2; exit 9"]).code == 9
        )
        for reference in [[], ["last"], ["talk"]] {
            let both = try space.tool(["logs"] + reference)
            #expect(both.code == 0 && both.text == "out\n" && both.errorText == "err\n", "\(both)")
        }
        let out = try space.tool(["logs", "--stdout"])
        #expect(out.text == "out\n" && out.errorText.isEmpty)
        let error = try space.tool(["logs", "--stderr", "talk"])
        #expect(error.text + error.errorText == "err\n")
        #expect(try space.tool(["logs", "absent"]).code == 2)
    }

    @Test("What a failed run wrote is kept too")
    func failedRun() throws {
        let space = try Workspace("failedrun")
        #expect(try space.tool(["run", "--", "/bin/sh", "-c", "echo before; kill -9 $$"]).code == 137)
        #expect(try space.tool(["logs", "--stdout"]).text == "before\n")
        #expect(try space.artefact("5-launch/result.json")["exitCode"] == 137)
    }

    @Test("A command that is not found leaves a run with empty captures")
    func notFound() throws {
        let space = try Workspace("emptyrun")
        #expect(try space.tool(["run", "--", "no-such-command"]).code == 127)
        #expect(try space.artefact("5-launch/result.json")["failure"]?["domain"] == "command")
        #expect(try space.artefact("6-collect/captures.json")["stdout"]?["bytes"] == 0)
    }

    @Test("what the caller's stdout does not take is said, and is in the capture")
    func fullOutput() throws {
        let lab = try SafetyLab()
        let run = try lab.outside("\"$SBX\" run -- /bin/echo hello >/dev/full; echo \"code $?\" >&2")
        #expect(run.errorText.contains("stdout could not be passed on whole: no space left"), "\(run)")
        #expect(run.errorText.contains("code 0\n"), "\(run)")
        #expect(try lab.tool(["logs"]).text == "hello\n")
    }
}
