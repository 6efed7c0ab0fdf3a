import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Failures before the command", .tags(.large), .needsBubblewrap)
struct FailureRecordTests {
    private func expectOwn(
        _ outcome: (run: ToolRun, record: JSONValue?),
        naming words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (run, record) = outcome
        #expect(run.code == 125, "\(run)", sourceLocation: sourceLocation)
        #expect(run.text.isEmpty, sourceLocation: sourceLocation)
        #expect(run.errorLines.first?.hasPrefix("sbxpipe: error: ") == true, "\(run)", sourceLocation: sourceLocation)
        #expect(run.errorLines.count <= 2, "\(run)", sourceLocation: sourceLocation)
        for word in words { #expect(run.errorText.contains(word), "\(run)", sourceLocation: sourceLocation) }
        #expect(record?["schema"] == "sbxpipe.launch/v1", sourceLocation: sourceLocation)
        #expect(record?["exitCode"] == 125, sourceLocation: sourceLocation)
        #expect(record?["reason"] == "failed", sourceLocation: sourceLocation)
        #expect(record?["failure"]?["domain"] == "sbxpipe", sourceLocation: sourceLocation)
        let message = record?["failure"]?["message"]?.stringValue
        #expect(message.map(run.errorText.contains) == true, sourceLocation: sourceLocation)
    }

    @Test("A missing bind source is 125, and the record has no plan", arguments: Requirements.users)
    func missingSource(user: UInt32?) throws {
        let space = try Workspace("nosource", user: user)
        let outcome = try space.exec(["command": ["true"], "mounts": [["bind": "absent", "at": "/x"]]])
        expectOwn(outcome, naming: ["sandbox.json: mounts[0].bind: ", "absent", "sbxpipe: hint: "])
        #expect(outcome.record?["plan"] == nil)
        #expect(try space.tool(["inspect"]).code == 2, "there is no run")
    }

    @Test("A spec that is wrong is 125 and names file and field")
    func wrongSpecs() throws {
        let space = try Workspace("wrong")
        let cases: [(JSONValue, [String])] = [
            (["command": ["true"], "comand": ["x"]], ["sandbox.json", "comand"]),
            (["command": "true"], ["sandbox.json", "command"]),
            (["workdir": "/"], ["sandbox.json", "command"]),
            (["command": ["true"], "network": "none", "namespaces": ["net": false]], ["namespaces.net", "network"]),
            (["command": ["true"], "resources": ["timeout": "0s"]], ["resources.timeout"]),
            (["command": ["true"], "workdir": "/no/such/place"], ["workdir", "/no/such/place"]),
        ]
        for (spec, words) in cases {
            let outcome = try space.exec(spec)
            expectOwn(outcome, naming: words)
            #expect(outcome.record?["plan"] == nil)
        }
    }

    @Test("A spec that is no JSON, missing, or a folder is 125")
    func unreadableSpecs() throws {
        let space = try Workspace("unreadable")
        try space.write("{ \"command\": [", to: "half.json")
        try space.write("{ \"command\": [\"true\"], \"command\": [\"false\"] }", to: "twice.json")
        try space.makeFolder("folder.json")
        for name in ["half.json", "twice.json", "folder.json", "absent.json"] {
            let outcome = try space.recorded(["exec", name])
            expectOwn(outcome, naming: [name])
            #expect(outcome.record?["plan"] == nil)
        }
    }

    @Test("A bad value of a flag is 125 with a record")
    func badFlagValues() throws {
        let space = try Workspace("badvalue")
        for flags in [
            ["--set", "nothing=1"], ["--runtime", "crun"], ["--capture", "sideways"], ["--timeout", "5"],
        ] {
            let outcome = try space.recorded(["run"] + flags + ["--", "true"])
            expectOwn(outcome, naming: [])
        }
    }

    @Test("A flag that does not exist is 125 for exec and run, 64 for plan, with a record where one was asked for")
    func unknownFlag() throws {
        let space = try Workspace("badflag")
        try space.spec(["command": ["true"]])
        #expect(try space.tool(["plan", "--no-such-flag"]).code == 64)
        #expect(try space.tool(["inspect", "--no-such-flag"]).code == 64)
        for arguments in [["exec", "--no-such-flag", "sandbox.json"], ["run", "--no-such-flag", "--", "true"]] {
            let outcome = try space.recorded(arguments)
            #expect(outcome.run.code == 125, "\(outcome.run)")
            #expect(outcome.record?["failure"]?["domain"] == "sbxpipe")
        }
    }

    @Test("A launcher that is missing, no program, or no bubblewrap is 125", .needsCompiler)
    func badLaunchers() throws {
        let space = try Workspace("launchers")
        let script = try space.write("#!/bin/sh\nexec /usr/bin/bwrap \"$@\"\n", to: "script", mode: 0o755)
        let open = try space.makeFolder("open")
        try Compiler.build("int main(void) { return 3; }", to: "\(open)/bwrap")
        try Compiler.build("int main(void) { return 3; }", to: "\(space.work)/silent")
        _ = try Program.run(["/bin/chmod", "0777", open], in: "/", environment: [:])
        for launcher in ["/no/such/bwrap", "relative/bwrap", script, "\(open)/bwrap", "\(space.work)/silent"] {
            let outcome = try space.exec(["command": ["true"]], adding: ["SBXPIPE_BWRAP": launcher])
            expectOwn(outcome, naming: [])
        }
        let outcome = try space.exec(["command": ["true"]], adding: ["PATH": "/no/such:relative"])
        expectOwn(outcome, naming: ["bwrap", "bubblewrap"])
    }

    @Test("What a launcher itself can't do is 125 in its own domain", .needsCompiler)
    func launcherFails() throws {
        let space = try Workspace("launcherfails")
        let source = """
            #include <stdio.h>
            #include <string.h>
            #include <unistd.h>
            int main(int argc, char **argv) {
                if (argc == 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "--help"))) {
                    execv("/usr/bin/bwrap", argv);
                    return 9;
                }
                fprintf(stderr, "bwrap: Can't do the thing\\n");
                return 1;
            }
            """
        try Compiler.build(source, to: "\(space.work)/failing")
        let (run, record) = try space.exec(
            ["command": ["true"]],
            adding: ["SBXPIPE_BWRAP": "\(space.work)/failing"]
        )
        #expect(run.code == 125, "\(run)")
        #expect(record?["failure"]?["domain"] == "launcher")
        #expect(record?["failure"]?["message"]?.stringValue?.contains("Can't do the thing") == true)
        #expect(record?["plan"]?.stringValue != nil, "the plan was made")
    }

    @Test("A required output that is missing fails a run that was good, and leaves another's code as it is")
    func requiredOutput() throws {
        let space = try Workspace("required")
        let spec = { (script: JSONValue) -> JSONValue in
            [
                "command": ["/bin/sh", "-c", script], "mounts": [["tmpfs": "/out"]],
                "outputs": [["path": "/out/report", "required": true]],
            ]
        }
        let missing = try space.exec(spec("exit 0"))
        #expect(missing.run.code == 125, "\(missing.run)")
        #expect(missing.record?["failure"]?["domain"] == "sbxpipe")
        #expect(missing.run.errorText.contains("/out/report"))
        let failed = try space.exec(spec("exit 3"))
        #expect(failed.run.code == 3)
        #expect(failed.record?["failure"]?["domain"] == "command")
        #expect(try space.exec(spec("echo x >/out/report")).run.code == 0)
    }

    @Test("A command's record is written over an older one")
    func recordIsReplaced() throws {
        let space = try Workspace("replaced")
        try space.write(String(repeating: "x", count: 100_000), to: "result.json")
        let run = try space.tool(["run", "--result", "result.json", "--", "true"])
        #expect(run.code == 0, "\(run)")
        let record = try JSONParser.parse(Array(try space.folder.read("work/result.json").utf8))
        #expect(record["exitCode"] == 0)
        #expect(record["reason"] == "exited")
        #expect(record["failure"] == nil)
        #expect(record["runtime"]?["name"] == "bwrap")
    }
}
