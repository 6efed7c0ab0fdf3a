import HostFiles
import JSONText
import TestSupport
import Testing

/// The reference implementation of JSON Schema, from Debian's python3-jsonschema.
private enum Validator {
    static let isThere: Bool = {
        if Requirements.areRequired { return true }
        let run = try? Program.run(["/usr/bin/python3", "-c", "import jsonschema"], in: "/", environment: [:])
        return run?.code == 0
    }()

    private static let script = """
        import json, sys, jsonschema
        given = json.load(sys.stdin)
        validator = jsonschema.Draft202012Validator
        validator.check_schema(given["schema"])
        check = validator(given["schema"])
        print(json.dumps([[e.message for e in check.iter_errors(d)][:1] for d in given["documents"]]))
        """

    /// The first complaint about each document; nil for a valid one.
    static func complaints(about documents: [JSONValue], by schema: JSONValue) throws -> [String?] {
        let given: JSONValue = ["schema": schema, "documents": .array(documents)]
        let run = try Program.run(
            ["/usr/bin/python3", "-c", script],
            in: "/",
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            stdin: Array(given.pretty().utf8)
        )
        try #require(run.code == 0, "\(run)")
        return (try run.json().arrayValue ?? []).map { $0.arrayValue?.first?.stringValue }
    }
}

@Suite(
    "JSON Schemas, by an independent validator",
    .tags(.large),
    .needsBubblewrap,
    .enabled(if: Validator.isThere, "python3-jsonschema is not installed")
)
struct SchemaValidationTests {
    private static let good: [JSONValue] = [
        ["command": ["true"]],
        ["schema": "sbxpipe.spec/v1", "name": "a.b-c_d", "command": ["true", "", "ü"], "workdir": "/usr"],
        ["command": ["true"], "stdin": ["text": "x"], "runtime": "bwrap", "preset": "restricted"],
        ["command": ["true"], "stdin": "inherit", "root": ["host": "ro", "writes": "deny"]],
        [
            "command": ["true"],
            "mounts": [
                ["bind": "/usr", "at": "/u", "mode": "ro"], ["tmpfs": "/t", "size": "64M", "perm": "1777"],
                ["text": "hi", "at": "/f", "perm": "0600"], ["hide": "/etc/hostname", "optional": true],
                ["readonly": "/etc/hosts", "optional": true], ["bind": "/no/such", "at": "/n", "optional": true],
            ],
        ],
        ["command": ["true"], "env": ["inherit": false, "unset": ["X*"], "set": ["A": ""], "path": ["dir": "/x"]]],
        ["command": ["true"], "env": ["path": ["dir": "/x", "position": "append"], "inherit": ["LC_*"]]],
        ["command": ["true"], "network": "host", "hostname": "box", "devices": ["/dev/null"]],
        [
            "command": ["true"], "namespaces": ["ipc": false, "user": true],
            "user": ["uid": 0, "gid": 0, "map": "single"],
        ],
        [
            "command": ["true"],
            "security": [
                "seccomp": "unconfined", "capabilities": ["drop": ["ALL"], "add": ["CAP_KILL", "cap_kILL"]],
            ],
        ],
        [
            "command": ["true"],
            "security": ["capabilities": ["drop": ["all", "cap_net_raw", "Checkpoint_Restore", "CAP_BPF"]]],
        ],
        ["command": ["true"], "capture": ["mode": "combined", "limit": "1K"], "cache": "never"],
        ["command": ["true"], "outputs": ["/tmp/x", ["path": "/tmp/**", "required": false]], "init": "auto"],
        ["command": ["true"], "annotations": ["a": "b"], "require": ["network"], "tty": false],
        ["command": ["true"], "preset": "privileged", "network": "host"],
    ]

    private static let bad: [JSONValue] = [
        [], "text", ["command": "true"], ["command": [1]], ["command": ["true"], "unknown": 1],
        ["command": ["true"], "schema": "sbxpipe.spec/v2"], ["command": ["true"], "workdir": "relative"],
        ["command": ["true"], "network": "bridge"], ["command": ["true"], "stdin": ["text": "x", "file": "y"]],
        ["command": ["true"], "mounts": [["bind": "/usr"]]], ["command": ["true"], "mounts": ["tmpfs": "/t"]],
        ["command": ["true"], "mounts": [["tmpfs": "/t", "size": "lots"]]],
        ["command": ["true"], "mounts": [["bind": "/usr", "at": "/u", "mode": "wo"]]],
        ["command": ["true"], "mounts": [["bind": "/usr", "at": "/u", "tmpfs": "/t"]]],
        ["command": ["true"], "env": ["set": ["A": 1]]],
        ["command": ["true"], "env": ["path": ["position": "append"]]],
        ["command": ["true"], "env": ["path": ["dir": "/x", "position": "middle"]]],
        ["command": ["true"], "namespaces": ["nett": true]], ["command": ["true"], "user": ["uid": -1]],
        ["command": ["true"], "capture": ["mode": "both"]], ["command": ["true"], "name": "a b"],
        ["command": ["true"], "resources": ["timeout": "5 parsecs"]], ["command": ["true"], "preset": "Baseline"],
        ["command": ["true"], "annotations": ["a": 1]], ["command": ["true"], "require": ["nothing"]],
    ]

    @Test("The spec's schema takes and refuses what the tool takes and refuses")
    func specSchema() throws {
        let space = try Workspace("schema")
        let schema = try space.json(["schema", "spec"])
        #expect(try space.json(["schema"]) == schema, "spec is what is printed unless named")
        let complaints = try Validator.complaints(about: Self.good + Self.bad, by: schema)
        #expect(complaints.count == Self.good.count + Self.bad.count)
        for (index, spec) in (Self.good + Self.bad).enumerated() {
            try space.spec(spec)
            let run = try space.tool(["plan"])
            let isGood = index < Self.good.count
            #expect(run.code == (isGood ? 0 : 2), "\(spec.pretty()) \(run)")
            #expect((complaints[index] == nil) == isGood, "\(spec.pretty()) \(complaints[index] ?? "no complaint")")
        }
    }

    @Test("What no pattern says, the schema says in other ways: reserved names, the list of capabilities")
    func strictness() throws {
        let space = try Workspace("strict")
        let schema = try space.json(["schema", "spec"])
        let specs: [JSONValue] = [
            ["command": ["true"], "name": "last"], ["command": ["true"], "name": "abcdef01"],
            ["command": ["true"], "security": ["capabilities": ["drop": ["CAP_NO_SUCH"]]]],
            ["command": ["true"], "security": ["capabilities": ["add": ["ALL"]]]],
            ["command": ["true"], "security": ["capabilities": ["add": ["KILLS"]]]],
            ["command": ["true"], "workdir": "/usr/../etc"], ["command": [""]], ["command": ["", "x"]],
        ]
        for spec in specs {
            try space.spec(spec)
            #expect(try space.tool(["plan"]).code == 2, "\(spec.pretty())")
            let complaint = try Validator.complaints(about: [spec], by: schema)
            #expect(complaint != [nil], "\(spec.pretty())")
        }
    }

    @Test("schema prints JSON for every word, each with a schema that is valid itself")
    func everyWord() throws {
        let space = try Workspace("words")
        for word in ["spec", "resolve", "env", "materialize", "archive", "launch", "collect"] {
            let schema = try space.json(["schema", word])
            #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
            let complaints = try Validator.complaints(
                about: ["not an artefact", ["schema": "sbxpipe.other/v9"]],
                by: schema
            )
            #expect(complaints.allSatisfy { $0 != nil }, "\(word)")
        }
    }

    @Test(
        "Each artefact of a run, and the plan's report, is what its schema says",
        arguments: ["good", "failed", "missing"]
    )
    func artefacts(end: String) throws {
        let space = try Workspace("artefacts")
        let script = ["good": "echo out; echo err >&2; echo x >/tmp/x; ln -s x /tmp/y", "failed": "kill -9 $$"][end]
        let command: JSONValue = script.map { ["/bin/sh", "-c", .string($0)] } ?? ["/no/such/command"]
        let (_, record) = try space.exec(["command": command, "outputs": ["/tmp/*"], "mounts": [["tmpfs": "/t"]]])
        let stages = try space.json(["inspect", "--json"])["stages"]?.arrayValue ?? []
        #expect(stages.count == 6)
        var checked = 0
        for stage in stages {
            let name = try #require(stage["name"]?.stringValue)
            let whole = try space.json(["schema", name])
            for file in (stage["files"]?.objectValue ?? [:]).keys
            where file.hasSuffix(".json") && file != "seccomp.json" {
                let document = try space.artefact("\(name)/\(file)")
                let ofStage = try Validator.complaints(about: [document], by: whole)
                #expect(ofStage == [nil], "\(name)/\(file)")
                let word = file == "spec.json" ? "spec" : "\(name)/\(file)"
                let own = try Validator.complaints(about: [document], by: try space.json(["schema", word]))
                #expect(own == [nil], "\(name)/\(file)")
                checked += 1
            }
        }
        #expect(checked >= 12)
        let launch = try space.json(["schema", "launch"])
        #expect(try Validator.complaints(about: [try #require(record)], by: launch) == [nil])
    }

    @Test("The record of a run that never was is what the schema says")
    func failedRecord() throws {
        let space = try Workspace("failedrecord")
        let (run, record) = try space.exec(["command": ["true"], "mounts": [["bind": "absent", "at": "/x"]]])
        #expect(run.code == 125)
        let launch = try space.json(["schema", "launch"])
        #expect(try Validator.complaints(about: [try #require(record)], by: launch) == [nil])
    }
}
