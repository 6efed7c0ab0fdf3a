import JSONText
import TestSupport
import Testing

@Suite("What REF names", .tags(.large), .needsBubblewrap)
struct ReferenceTests {
    /// Two plans: `first` echoes one, `second` two; a run of `first` was last.
    private func prepared() throws -> (space: Workspace, first: String, second: String) {
        let space = try Workspace("reference")
        try space.spec(["name": "first", "command": ["/bin/echo", "one"]], named: "a.json")
        try space.spec(["name": "second", "command": ["/bin/echo", "two"]], named: "b.json")
        let first = try space.json(["plan", "a.json", "--json"])["plan"]?.stringValue ?? ""
        #expect(try space.tool(["exec", "first"]).text == "one\n")
        let second = try space.json(["plan", "b.json", "--json"])["plan"]?.stringValue ?? ""
        return (space, first, second)
    }

    @Test("exec takes a spec, a name, a digest and its prefix, last, and nothing")
    func exec() throws {
        let (space, first, second) = try prepared()
        let hex = String(first.dropFirst(7))
        let cases: [([String], String)] = [
            ([], "two\n"), (["last"], "two\n"), (["last~1"], "one\n"), (["first"], "one\n"), (["second"], "two\n"),
            (["a.json"], "one\n"), (["./b.json"], "two\n"), (["\(space.work)/a.json"], "one\n"), ([second], "two\n"),
            ([first], "one\n"), ([hex], "one\n"), ([String(hex.prefix(8))], "one\n"),
            (["sha256:" + hex.prefix(12)], "one\n"),
        ]
        for (reference, expected) in cases {
            // exec of a spec makes its plan the newest: the order of the cases is put back.
            if reference == ["last"] || reference == ["last~1"] || reference.isEmpty {
                #expect(try space.tool(["plan", "b.json"]).code == 0)
            }
            let run = try space.tool(["exec"] + reference)
            #expect(run.code == 0, "\(reference): \(run)")
            #expect(run.text == expected, "\(reference)")
        }
    }

    @Test("exec of a run launches its plan")
    func execOfRun() throws {
        let (space, first, _) = try prepared()
        let run = try #require(try space.json(["inspect", "--json"])["digest"]?.stringValue)
        #expect(try space.tool(["exec", run]).text == "one\n")
        #expect(try space.json(["inspect", "last", "--json"])["plan"]?.stringValue == first)
    }

    @Test("last is the newest run for those that look, the newest plan for exec")
    func last() throws {
        let (space, first, second) = try prepared()
        #expect(try space.json(["inspect", "last", "--json"])["plan"]?.stringValue == first)
        #expect(try space.tool(["exec"]).text == "two\n")
        #expect(try space.json(["inspect", "last", "--json"])["plan"]?.stringValue == second)
        #expect(try space.json(["inspect", "last~1", "--json"])["plan"]?.stringValue == first)
        #expect(try space.tool(["logs", "last~1"]).text == "one\n")
    }

    @Test("What matches nothing is 125 for exec and 2 for others")
    func nothing() throws {
        let space = try Workspace("nothing")
        #expect(try space.tool(["exec"]).code == 125)
        #expect(try space.tool(["exec", "absent"]).code == 125)
        #expect(try space.tool(["exec", "sha256:00000000"]).code == 125)
        #expect(try space.tool(["inspect"]).code == 2)
    }

    @Test("A flag that changes the spec makes a new plan, said on stderr; one that does not is quiet")
    func flagsMakePlans() throws {
        let (space, first, _) = try prepared()
        let changed = try space.tool(["exec", "first", "--set", "env.set.A=1"])
        #expect(changed.code == 0, "\(changed)")
        #expect(changed.text == "one\n")
        let line = try #require(changed.errorLines.first)
        #expect(line.hasPrefix("sbxpipe: ") && line.contains("new plan") && line.contains("sha256:"))
        let plan = try space.json(["inspect", "last", "--json"])["plan"]?.stringValue
        #expect(plan != nil && plan != first)
        #expect(plan.map(line.contains) == true)
        let quiet = try space.tool(["exec", first])
        #expect(quiet.errorText.isEmpty, "\(quiet)")
        let same = try space.tool(["exec", first, "--runtime", "bwrap", "--result", "r.json"])
        #expect(same.code == 0, "\(same)")
        let told = try space.tool(["exec", first, "--capture", "combined"])
        #expect(told.errorText.contains("new plan"), "\(told)")
    }

    @Test("--set reaches any field, and a wrong one is refused")
    func set() throws {
        let space = try Workspace("set")
        try space.spec(["command": ["/bin/sh", "-c", "echo $A; pwd"], "env": ["set": ["A": "1"]]])
        let run = try space.tool(["exec", "sandbox.json", "--set", "env.set.A=two", "--set", "workdir=/usr"])
        #expect(run.text == "two\n/usr\n", "\(run)")
        let list = try space.tool(["exec", "sandbox.json", "--set", "command=[\"/bin/echo\",\"list\"]"])
        #expect(list.text == "list\n", "\(list)")
        for wrong in ["nosuch=1", "workdir", "=x", "mounts[0].bind=x"] {
            let run = try space.tool(["exec", "sandbox.json", "--set", wrong])
            #expect(run.code == 125, "\(wrong): \(run)")
        }
    }
}
