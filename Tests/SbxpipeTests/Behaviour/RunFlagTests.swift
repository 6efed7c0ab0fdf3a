import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Flags of run", .tags(.large), .needsBubblewrap)
struct RunFlagTests {
    @Test("-e, with and without a value, and --env-file", arguments: Requirements.users)
    func environment(user: UInt32?) throws {
        let space = try Workspace("runenv", user: user)
        try space.write("# a comment\nFROM_FILE=yes\n\nQUOTED=\"as it is\"\nBOTH=file\nCALLERS\n", to: "vars")
        let run = try space.tool(
            [
                "run", "-e", "A=1=2", "-e", "GIVEN", "-e", "ABSENT", "--env-file", "vars", "-e", "BOTH=flag", "--",
                "env",
            ],
            adding: ["GIVEN": "by the caller", "CALLERS": "too"]
        )
        #expect(run.code == 0, "\(run)")
        let lines = Set(run.text.split(separator: "\n").map(String.init))
        for line in [
            "A=1=2", "GIVEN=by the caller", "FROM_FILE=yes", "BOTH=flag", "QUOTED=\"as it is\"", "CALLERS=too",
        ] {
            #expect(lines.contains(line), "\(line) \(run)")
        }
        #expect(!run.text.contains("ABSENT"))
    }

    @Test("-v is rw unless told, ro when told", arguments: Requirements.users)
    func volumes(user: UInt32?) throws {
        let space = try Workspace("volumes", user: user)
        let data = try space.makeFolder("data")
        try space.write("old\n", to: "data/file")
        let script = "cat /x/file; echo new >/x/made && echo written"
        let writing = try space.tool(["run", "-v", "\(data):/x", "--", "/bin/sh", "-c", script])
        #expect(writing.text == "old\nwritten\n", "\(writing)")
        #expect(try space.folder.read("work/data/made") == "new\n")
        let made = try FileStatus.of(space.folder("work/data/made"))
        #expect(made?.owner == user ?? HostIdentity.current().user)
        let reading = try space.tool(
            [
                "run", "-v", "\(data):/x:ro", "--", "/bin/sh", "-c",
                "cat /x/file; (echo more >/x/other) 2>/dev/null || echo refused",
            ]
        )
        #expect(reading.text == "old\nrefused\n", "\(reading)")
        let other = try FileStatus.of(space.folder("work/data/other"))
        #expect(other == nil)
        let relative = try space.tool(["run", "-v", "./data:/x:ro", "--", "cat", "/x/file"])
        #expect(relative.text == "old\n", "\(relative)")
    }

    @Test("--tmpfs, -w, --hostname, --hide and --readonly", arguments: Requirements.users)
    func places(user: UInt32?) throws {
        let space = try Workspace("places", user: user)
        try space.makeFolder("data")
        try space.makeFolder("data/secret")
        try space.makeFolder("data/fixed")
        try space.write("hidden\n", to: "data/secret/file")
        try space.write("fixed\n", to: "data/fixed/file")
        let script = """
            pwd; hostname; echo x >/scratch/x && cat /scratch/x; cat /x/secret/file 2>/dev/null || echo hidden-away
            (echo y >/x/fixed/file) 2>/dev/null || echo fixed-stays; df -k --output=size /scratch | tail -1 | tr -d ' '
            """
        let run = try space.tool(
            [
                "run", "-v", "\(space.work)/data:/x", "--tmpfs", "/scratch:size=2M", "-w", "/scratch", "--hostname",
                "box",
                "--hide", "/x/secret", "--readonly", "/x/fixed", "--", "/bin/sh", "-c", script,
            ]
        )
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "/scratch\nbox\nx\nhidden-away\nfixed-stays\n2048\n", "\(run)")
        #expect(try space.folder.read("work/data/fixed/file") == "fixed\n")
    }

    @Test("--name is what REF calls it, else the command's base name")
    func names() throws {
        let space = try Workspace("names")
        #expect(try space.tool(["run", "--name", "chosen", "--", "/bin/true"]).code == 0)
        #expect(try space.json(["inspect", "chosen", "--json"])["name"] == "chosen")
        #expect(try space.tool(["run", "--", "/bin/true"]).code == 0)
        #expect(try space.json(["inspect", "true", "--json"])["name"] == "true")
        for wrong in ["last", "0123abcd", "a b", "-x", ""] {
            #expect(try space.tool(["run", "--name=\(wrong)", "--", "/bin/true"]).code == 125, "\(wrong)")
        }
    }

    @Test("--save-spec writes a spec of the same portable digest, and never over a file")
    func saveSpec() throws {
        let space = try Workspace("savespec")
        try space.makeFolder("data")
        try space.makeFolder("elsewhere")
        try space.write("VAR=file\n", to: "vars")
        let flags = [
            "-e", "A=1", "--env-file", "vars", "-v", "\(space.work)/data:/x:ro", "--tmpfs", "/scratch:size=1M", "-w",
            "/scratch",
            "--output", "/scratch/out", "--hide", "/x/none", "--name", "saved", "--hostname", "box", "--capture",
            "combined",
        ]
        let command = ["--", "/bin/sh", "-c", "echo $A $VAR; echo hi >out"]
        let run = try space.tool(["run", "--save-spec", "elsewhere/spec.json"] + flags + command)
        #expect(run.code == 0, "\(run)")
        let first = try space.json(["inspect", "last", "--json"])
        let again = try space.tool(["exec", "elsewhere/spec.json"])
        #expect(again.text == "1 file\n", "\(again)")
        let second = try space.json(["inspect", "last", "--json"])
        let description = { (document: JSONValue) in
            document["stages"]?.arrayValue?[2]["files"]?["description.json"]?["digest"]?.stringValue
        }
        #expect(description(first) != nil)
        #expect(description(first) == description(second))
        #expect(
            try space.json(["plan", "elsewhere/spec.json", "--json"])["portable"]?.stringValue == description(first)
        )
        let saved = try space.folder.read("work/elsewhere/spec.json")
        let over = try space.tool(["run", "--save-spec", "elsewhere/spec.json", "--", "/bin/true"])
        #expect(over.code == 125, "\(over)")
        #expect(try space.folder.read("work/elsewhere/spec.json") == saved)
    }

    @Test("A spec saved in another folder still means the paths that were given")
    func saveSpecElsewhere() throws {
        let space = try Workspace("saveelsewhere")
        try space.makeFolder("elsewhere")
        try space.makeFolder("data")
        try space.write("content\n", to: "data/file")
        let flags = ["--save-spec", "elsewhere/spec.json", "-v", "./data:/x:ro", "--stdin", "data/file"]
        #expect(try space.tool(["run"] + flags + ["--", "cat", "/x/file", "-"]).text == "content\ncontent\n")
        let again = try space.tool(["exec", "elsewhere/spec.json"])
        #expect(again.text == "content\ncontent\n", "\(again)")
    }

    @Test("--user, --cap-drop and --network are what the command has")
    func identity() throws {
        let space = try Workspace("identity")
        let run = try space.tool(
            [
                "run", "--cap-drop", "ALL", "--user", "1234:2345", "--", "/bin/sh", "-c",
                "id -u; id -g; grep CapEff /proc/self/status | tr -d '\\t'; grep -c : /proc/net/dev",
            ]
        )
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "1234\n2345\nCapEff:0000000000000000\n1\n", "\(run)")
    }

    @Test("What comes later is refused and named, never ignored")
    func notYet() throws {
        let space = try Workspace("notyet")
        try space.makeFolder("data")
        for flags in [
            ["--rootfs", "image:debian"], ["-v", "\(space.work)/data:/x:overlay"], ["--reuse"], ["--allow", "changes"],
        ] {
            let run = try space.tool(["run"] + flags + ["--", "/bin/echo", "ran"])
            #expect(run.code == 125, "\(flags): \(run)")
            #expect(run.text.isEmpty, "\(flags)")
            #expect(run.errorLines.first?.hasPrefix("sbxpipe: error: ") == true, "\(flags)")
        }
    }
}
