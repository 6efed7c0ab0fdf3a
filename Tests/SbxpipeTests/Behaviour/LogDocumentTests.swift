import JSONText
import TestSupport
import Testing

@Suite("--json of logs and cat", .tags(.large), .needsBubblewrap)
struct LogDocumentTests {
    private func lines(_ document: JSONValue) -> [JSONValue] { document["lines"]?.arrayValue ?? [] }

    @Test("logs: one document with time, stream and text of each line, from which the streams can be made again")
    func document() throws {
        let space = try Workspace("logjson")
        let script = "echo 'a\"b'; sleep 0.3; echo err >&2; sleep 0.3; printf 'x\\ty\\n\\nend'"
        #expect(try space.tool(["run", "--name", "job", "--", "/bin/sh", "-c", script]).code == 0)
        let document = try space.json(["logs", "--json"])
        #expect(document["schema"] == "sbxpipe.logs/v1" && document["name"] == "job")
        #expect(try document["id"] == space.artefact("6-collect/run.json")["id"])
        let expected: [(String, String)] = [
            ("stdout", "a\"b\n"), ("stderr", "err\n"), ("stdout", "x\ty\n"), ("stdout", "\n"), ("stdout", "end"),
        ]
        let lines = lines(document)
        #expect(lines.map { $0["stream"]?.stringValue } == expected.map(\.0))
        #expect(lines.map { $0["text"]?.stringValue } == expected.map(\.1))
        let stamps = try space.tool(["logs", "-t"]).text.split(separator: "\n").map { String($0.prefix(27)) }
        #expect(lines.filter { $0["stream"] == "stdout" }.map { $0["time"]?.stringValue } == stamps)
        #expect(self.lines(try space.json(["logs", "--json", "--stderr"])).count == 1)
    }

    @Test("logs: bytes that are no text are base64, long lines several entries, and what was not kept is counted")
    func bytes() throws {
        let space = try Workspace("logjsonbytes")
        let script = "printf '\\377\\376\\n\\001\\n'; head -c 200000 /dev/zero | tr '\\0' x; echo; seq 1 100000"
        let flags = ["run", "--set", "capture.limit=500000", "--"]
        let run = try space.tool(flags + ["/bin/sh", "-c", script])
        #expect(run.code == 0)
        let lines = lines(try space.json(["logs", "--json"]))
        #expect(lines[0]["base64"] == "//4K" && lines[0]["text"] == nil)
        #expect(lines[1]["text"] == "\u{1}\n")
        var whole = run.output[3...]
        var long: [JSONValue] = []
        for line in lines.dropFirst() {
            if let missing = line["missing"]?.integerValue {
                whole = whole.dropFirst(Int(missing))
                continue
            }
            let text = try #require(line["text"]?.stringValue)
            try #require(whole.starts(with: text.utf8))
            whole = whole.dropFirst(text.utf8.count)
            if text.hasPrefix("x") { long.append(line) }
        }
        #expect(whole.isEmpty)
        #expect(lines.count { $0["missing"] != nil } == 1)
        #expect(long.count > 1 && long[0]["time"] != nil && long.dropFirst().allSatisfy { $0["time"] == nil })
    }

    @Test("logs: a run that wrote nothing has no lines; what can't be shown is an error and no document")
    func empty() throws {
        let space = try Workspace("logjsonempty")
        #expect(try space.tool(["run", "--", "true"]).code == 0)
        #expect(try space.json(["logs", "--json"])["lines"] == [])
        #expect(try space.tool(["run", "--capture", "none", "--", "true"]).code == 0)
        let run = try space.tool(["logs", "--json"])
        #expect(run.code == 2 && run.output.isEmpty, "\(run)")
    }

    @Test("cat: a stage's document as it is; whatever else is refused, and printed without --json")
    func cat() throws {
        let space = try Workspace("catjson")
        let script = "echo '{\"a\": 1}' >/out/report.json; echo '{}'"
        try space.spec([
            "command": ["/bin/sh", "-c", .string(script)], "mounts": [["tmpfs": "/out"]],
            "outputs": ["/out/report.json"],
        ])
        #expect(try space.tool(["exec", "sandbox.json"]).code == 0)
        for path in ["6-collect/run.json", "launch/result.json", "1/host.json"] {
            let plain = try space.tool(["cat", "last", path])
            let document = try space.tool(["cat", "--json", "last", path])
            #expect(document.code == 0 && document.output == plain.output && !plain.output.isEmpty)
            _ = try document.json()
        }
        for path in [
            "6-collect/stdout", "6-collect/frames.jsonl", "6-collect/outputs.tar",
            "6-collect/outputs.tar/out/report.json",
        ] {
            let run = try space.tool(["cat", "--json", "last", path])
            #expect(run.code == 64 && run.output.isEmpty && run.errorLines.count == 2, "\(run)")
            #expect(run.errorText.contains("as they are"), "\(run)")
            #expect(try space.tool(["cat", "last", path]).code == 0)
        }
    }
}
