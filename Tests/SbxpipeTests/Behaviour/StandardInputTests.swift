import JSONText
import TestSupport
import Testing

@Suite("Standard input", .tags(.large), .needsBubblewrap)
struct StandardInputTests {
    private func spec(_ stdin: JSONValue?) -> JSONValue {
        var members: [String: JSONValue] = ["command": ["/bin/cat"]]
        members["stdin"] = stdin
        return .object(members)
    }

    @Test("Null, text, file and inherit", arguments: Requirements.users)
    func kinds(user: UInt32?) throws {
        let space = try Workspace("stdin", user: user)
        try space.write("from a file\n", to: "input.txt")
        let callers = Array("from the caller\n".utf8)
        let cases: [(JSONValue?, String)] = [
            (nil, ""), ("null", ""), (["text": "from the spec\n"], "from the spec\n"),
            (["file": "input.txt"], "from a file\n"), ("inherit", "from the caller\n"),
        ]
        for (stdin, expected) in cases {
            let (run, _) = try space.exec(spec(stdin), stdin: callers)
            #expect(run.code == 0, "\(run)")
            #expect(run.text == expected)
        }
    }

    @Test("A large text arrives whole")
    func largeText() throws {
        let space = try Workspace("largetext")
        let text = String(repeating: "0123456789abcdef", count: 20_000)
        let (run, _) = try space.exec(spec(["text": .string(text)]))
        #expect(run.code == 0)
        #expect(run.text == text)
    }

    @Test("A file's content is part of the plan; changed since, exec of the plan refuses")
    func changedFile() throws {
        let space = try Workspace("changed")
        try space.write("one\n", to: "input.txt")
        try space.spec(spec(["file": "input.txt"]))
        let first = try space.json(["plan", "--json"])
        try space.write("two\n", to: "input.txt")
        let (run, record) = try space.recorded(["exec"])
        #expect(run.code == 125, "\(run)")
        #expect(run.errorText.contains("stdin.file"))
        #expect(record?["failure"]?["domain"] == "sbxpipe")
        let second = try space.json(["plan", "--json"])
        #expect(first["portable"] != second["portable"])
        #expect(try space.tool(["exec"]).text == "two\n")
    }

    @Test("A missing file is an error that names the field")
    func missingFile() throws {
        let space = try Workspace("nostdin")
        let (run, _) = try space.exec(spec(["file": "absent.txt"]))
        #expect(run.code == 125)
        #expect(run.errorText.contains("sandbox.json: stdin.file: "))
    }

    @Test("run takes a file by --stdin and the caller's by -i")
    func flags() throws {
        let space = try Workspace("stdinflags")
        try space.write("by flag\n", to: "input.txt")
        #expect(try space.tool(["run", "--stdin", "input.txt", "--", "cat"]).text == "by flag\n")
        #expect(try space.tool(["run", "-i", "--", "cat"], stdin: Array("typed".utf8)).text == "typed")
        #expect(try space.tool(["run", "--", "cat"], stdin: Array("typed".utf8)).text.isEmpty)
    }
}
