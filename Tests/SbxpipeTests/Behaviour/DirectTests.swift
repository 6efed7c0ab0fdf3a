import HostFiles
import JSONText
import TestSupport
import Testing

/// The runtime `direct`: no launcher, no containment, and everything else as with one.
@Suite("Without a launcher", .tags(.large))
struct DirectTests {
    private static let flags = ["--preset", "overlay", "--runtime", "direct"]

    /// `run` with a shell's script, recorded.
    private func shell(
        _ script: String,
        _ flags: [String] = [],
        in space: Workspace
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try space.recorded(["run"] + Self.flags + flags + ["--", "/bin/sh", "-c", script])
    }

    /// A spec for `direct` with these members over a command that prints one word.
    private func members(_ more: [String: JSONValue]) -> JSONValue {
        let base: [String: JSONValue] = ["command": ["echo", "RAN"], "preset": "overlay", "runtime": "direct"]
        return .object(base.merging(more) { $1 })
    }

    private func entry(_ control: String, _ record: JSONValue?) -> JSONValue? {
        record?["enforcement"]?.arrayValue?.first { $0["name"]?.stringValue == control }
    }

    @Test("A command runs with exactly the rendered environment, in its folder", arguments: Requirements.users)
    func environment(user: UInt32?) throws {
        let space = try Workspace("direct", user: user)
        let (run, record) = try space.exec(
            members([
                "command": ["/usr/bin/env"], "workdir": .string(space.work),
                "env": ["inherit": ["HOME"], "set": ["B": "=x", "A": ""], "path": ["dir": "/opt/none"]],
            ]),
            adding: ["SECRET_THING": "1"]
        )
        #expect(run.code == 0, "\(run)")
        let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let expected = ["A=", "B==x", "HOME=\(space.home)", "PATH=/opt/none:\(standard)", "PWD=\(space.work)"]
        #expect(run.text.split(separator: "\n").map(String.init).sorted() == expected)
        #expect(record?["argv"] == ["/usr/bin/env"])
        #expect(record?["survivors"] == 0)
        let runtime = record?["runtime"]
        #expect(runtime?["name"] == "direct")
        #expect(runtime?["path"]?.stringValue == (try AbsolutePath.real("/usr/bin/env")))
        #expect(runtime?["version"]?.stringValue == HostSystem.kernel().release)
        #expect(runtime?["digest"] == nil)
    }

    @Test("It has descriptors 0 to 2 alone, umask 022 and a session of its own", arguments: Requirements.users)
    func started(user: UInt32?) throws {
        let space = try Workspace("direct-start", user: user)
        let script = "ls -1 /proc/$$/fd; umask; test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo own; pwd"
        let run = try space.tool(
            ["run"] + Self.flags + ["-w", "/usr", "--", "/bin/sh", "-c", script],
            through: "exec 7</etc/passwd 8>&1; umask 077; exec \"$0\" \"$@\""
        )
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "0\n1\n2\n0022\nown\n/usr\n")
    }

    @Test("No launcher is looked for, and the plan says so", arguments: Requirements.users)
    func plan(user: UInt32?) throws {
        let space = try Workspace("direct-plan", user: user)
        try space.spec(members(["command": ["/bin/echo", "RAN"]]))
        let bare = ["PATH": "/nowhere"]
        let report = try space.json(["plan", "--json"], adding: bare)
        #expect(report["runtime"] == "direct")
        let helpers = try space.artefact("1-resolve/helpers.json", of: report.string("plan"))
        #expect(helpers["chosen"] == "direct")
        #expect(helpers["launchers"] == [])
        #expect(try space.artefact("4-archive/plan.json", of: report.string("plan"))["runtime"] == "direct")
        // From the archive alone, as a plan of before.
        let run = try space.tool(["exec", try report.string("plan")], adding: bare)
        #expect(run.code == 0 && run.text == "RAN\n", "\(run)")
        #expect(try space.artefact("3-materialize/direct.json")["workdir"] == "/")
        let again = try space.json(["plan", "--json"], adding: bare)
        #expect(again["stages"]?.arrayValue?.allSatisfy { $0["cached"] == true } == true)
        // Another runtime is another plan of the same portable sandbox.
        guard Requirements.has("bwrap") else { return }
        let named = bare.merging(["SBXPIPE_BWRAP": "/usr/bin/bwrap"]) { $1 }
        let other = try space.json(["plan", "--json", "--runtime", "bwrap"], adding: named)
        #expect(other["portable"] == report["portable"])
        #expect(other["plan"] != report["plan"])
    }

    @Test("SBXPIPE_RUNTIME stands in for auto, and only the preset overlay takes it")
    func variable() throws {
        let space = try Workspace("direct-variable")
        let adding = ["SBXPIPE_RUNTIME": "direct"]
        let run = try space.tool(["run", "--preset", "overlay", "--", "echo", "RAN"], adding: adding)
        #expect(run.code == 0 && run.text == "RAN\n", "\(run)")
        #expect(try space.artefact("4-archive/plan.json")["runtime"] == "direct")
        expectRefused(try space.tool(["run", "--", "echo", "RAN"], adding: adding), 125, "runtime", "baseline")
        let flags = ["--preset", "privileged", "--runtime", "direct"]
        expectRefused(try space.tool(["run"] + flags + ["--", "echo", "RAN"]), 125, "runtime", "privileged")
    }

    @Test("Exit codes are passed on, signals recorded as the kernel says", arguments: Requirements.users)
    func ends(user: UInt32?) throws {
        let space = try Workspace("direct-ends", user: user)
        for code in [0, 1, 125, 137, 255] as [Int32] {
            let (run, record) = try shell("exit \(code)", in: space)
            #expect(run.code == code, "\(run)")
            #expect(record?["reason"] == "exited")
            #expect(record?["signal"] == nil && record?["signalLikely"] == nil)
            #expect(record?["failure"]?["domain"]?.stringValue == (code == 0 ? nil : "command"))
        }
        for (name, number) in [("KILL", Int64(9)), ("TERM", 15), ("SEGV", 11), ("HUP", 1), ("PIPE", 13)] {
            let (run, record) = try shell("kill -\(name) $$; sleep 5", in: space)
            #expect(run.code == Int32(128 + number), "\(run)")
            #expect(record?["signal"] == .integer(number))
            #expect(record?["signalLikely"] == nil)
            #expect(record?["reason"] == "signaled")
            #expect(record?["failure"]?["domain"] == "command")
        }
    }

    @Test("What is not found is 127, what can't be executed 126", arguments: Requirements.users)
    func unexecutable(user: UInt32?) throws {
        let space = try Workspace("direct-exec", user: user)
        try space.makeFolder("folder")
        try space.write("#!/bin/sh\n", to: "plain")
        try space.write("echo text\n", to: "text", mode: 0o755)
        try space.write("#!/no/such/sh\n", to: "lost", mode: 0o755)
        try space.write("#!/bin/sh\r\n", to: "foreign", mode: 0o755)
        for (command, code) in [
            ("no-such-command", Int32(127)), ("./none", 127), ("./lost", 127), ("./foreign", 127), ("./folder", 126),
            ("./plain", 126), ("./text", 126),
        ] {
            let (run, record) = try space.recorded(["run"] + Self.flags + ["-w", space.work, "--", command])
            #expect(run.code == code, "\(command): \(run)")
            #expect(run.errorText.contains(command))
            #expect(!run.errorText.contains("inside"))
            #expect(record?["failure"]?["domain"] == "command")
            #expect(record?["reason"] == "failed")
        }
        // A header without a program behind it: only the kernel finds out.
        try space.write("head -c 64 /bin/true > cut; chmod 755 cut", to: "make")
        _ = try Program.run(["/bin/sh", "make"], in: space.work, environment: ["PATH": "/bin"], user: user)
        let (run, record) = try space.recorded(["run"] + Self.flags + ["-w", space.work, "--", "./cut"])
        #expect(run.code == 126, "\(run)")
        #expect(record?["failure"]?["domain"] == "command")
        #expect(run.errorLines.count == 1 && run.errorText.hasSuffix("execute ./cut: exec format error\n"), "\(run)")
    }

    @Test("A script gets the words that the kernel would give it", arguments: Requirements.users)
    func scripts(user: UInt32?) throws {
        let space = try Workspace("direct-script", user: user)
        let body = "printf '<%s>' \"$0\" \"$@\"; tr '\\0' '|' </proc/$$/cmdline; readlink /proc/$$/exe\n"
        try space.makeFolder("bin")
        try space.write("#! /bin/sh -e \n" + body, to: "bin/script", mode: 0o755)
        try space.write("#!\(space.work)/bin/script  one two\n", to: "bin/nested", mode: 0o755)
        for command in ["script", "./bin/script", "nested", "\(space.work)/bin/nested"] {
            let path = ["-e", "PATH=\(space.work)/bin:/usr/bin:/bin", "-w", space.work]
            let arguments = [command, "a", "b c", ""]
            let run = try space.tool(["run"] + Self.flags + path + ["--"] + arguments)
            let kernel = try Program.run(
                ["/bin/sh", "-c", "exec \"$0\" \"$@\""] + arguments,
                in: space.work,
                environment: ["PATH": "\(space.work)/bin:/usr/bin:/bin"],
                user: user
            )
            #expect(kernel.code == 0, "\(kernel)")
            #expect(run.text == kernel.text, "\(run)")
            #expect(run.code == 0)
        }
    }

    @Test("A program of a symlink's name goes by that name")
    func name() throws {
        let space = try Workspace("direct-name")
        try space.makeFolder("bin")
        try Folder.link(space.folder("work/bin/other"), to: "/bin/sh")
        let run = try space.tool(
            ["run"] + Self.flags + ["-e", "PATH=\(space.work)/bin", "--", "other", "-c", "echo \"$0\""]
        )
        #expect(run.text == "other\n", "\(run)")
    }

    private static let refused: [(members: JSONValue, field: String, control: String)] = [
        (["mounts": [["tmpfs": "/x"]]], "mounts[0].tmpfs", "mounts.tmpfs"),
        (["mounts": [["text": "t", "at": "/x"]]], "mounts[0].text", "mounts.text"),
        (["mounts": [["hide": "/etc/shadow"]]], "mounts[0].hide", "mounts.hide"),
        (["mounts": [["readonly": "/etc"]]], "mounts[0].readonly", "mounts.readonly"),
        (["mounts": [["bind": "/etc", "at": "/etc"]]], "mounts[0].bind", "mounts.bind"),
        (["mounts": [["bind": "/etc", "at": "/usr", "mode": "rw"]]], "mounts[0].bind", "mounts.bind"),
        (["mounts": [["bind": "/etc", "at": "/no/such", "mode": "rw"]]], "mounts[0].bind", "mounts.bind"),
        (["namespaces": ["pid": true]], "namespaces.pid", "namespaces.pid"),
        (["namespaces": ["mount": true]], "namespaces.mount", "namespaces.mount"),
        (["namespaces": ["user": true]], "namespaces.user", "namespaces.user"),
        (["namespaces": ["uts": true], "security": ["noNewPrivileges": true]], "namespaces.uts", "namespaces.uts"),
        (["security": ["capabilities": ["drop": ["ALL"]]]], "security.capabilities", "security.capabilities"),
        (["security": ["seccomp": "default"]], "security.seccomp", "security.seccomp"),
        (["resources": ["memory": "1G"]], "resources.memory", "resources.memory"),
    ]

    @Test("What takes a sandbox is refused by field and control", arguments: Requirements.users)
    func refusals(user: UInt32?) throws {
        let space = try Workspace("direct-refused", user: user)
        for (asked, field, control) in Self.refused {
            try space.spec(members(asked.objectValue ?? [:]))
            let allow = "--allow-degraded \(control)"
            expectRefused(try space.tool(["plan"]), 2, "sandbox.json: \(field): ", control, allow)
            expectRefused(try space.tool(["exec", "sandbox.json"]), 125, "sandbox.json: \(field): ", control, allow)
            var required = asked.objectValue ?? [:]
            required["require"] = [.string(control)]
            try space.spec(members(required))
            let flags = ["--allow-degraded", control]
            expectRefused(try space.tool(["exec", "sandbox.json"] + flags), 125, "\(field): ", control)
        }
        // What contradicts the preset stays a contradiction.
        let none = ["run"] + Self.flags + ["--network", "none", "--", "echo", "RAN"]
        expectRefused(try space.tool(none), 125, "network", "overlay")
    }

    @Test("What the caller allows to be missing is recorded as missing", arguments: Requirements.users)
    func allowed(user: UInt32?) throws {
        let space = try Workspace("direct-allowed", user: user)
        for (asked, _, control) in Self.refused where asked["namespaces"]?["uts"] == nil {
            let (run, record) = try space.exec(members(asked.objectValue ?? [:]), ["--allow-degraded", control])
            #expect(run.code == 0 && run.text == "RAN\n", "\(control): \(run)")
            #expect(entry(control, record)?["answer"] == "missing", "\(control)")
            #expect(entry(control, record)?["why"]?.stringValue?.isEmpty == false)
        }
        let two: JSONValue = members(["namespaces": ["uts": true], "security": ["noNewPrivileges": true]])
        let (run, _) = try space.exec(two, ["--allow-degraded", "namespaces.uts"])
        expectRefused(run, 125, "security.noNewPrivileges")
    }

    @Test("A bind of what lies there already is not needed, also by a symlink", arguments: Requirements.users)
    func binds(user: UInt32?) throws {
        let space = try Workspace("direct-binds", user: user)
        try space.makeFolder("real")
        try Folder.link(space.folder("work/link"), to: "real")
        try space.giveAway()
        let spec = members([
            "command": ["touch", "made"], "workdir": .string("\(space.work)/link"),
            "mounts": [
                ["bind": "real", "at": .string("\(space.work)/link"), "mode": "rw"],
                ["bind": "gone", "at": "/gone", "optional": true],
            ],
        ])
        let (run, record) = try space.exec(spec)
        #expect(run.code == 0, "\(run)")
        #expect(entry("mounts.bind", record)?["answer"] == "not needed")
        #expect(try FileStatus.of(space.folder("work/real/made")) != nil)
        // The plan holds for that object alone.
        try space.makeFolder("other")
        try Folder.removeFile(space.folder("work/link"))
        try Folder.link(space.folder("work/link"), to: "other")
        expectRefused(try space.tool(["exec"]), 125, "mounts[0]", "/link", "/real")
    }

    @Test("The working folder has to be a folder of the host")
    func workdir() throws {
        let space = try Workspace("direct-workdir")
        let file = try space.write("", to: "file")
        for (folder, word) in [("/no/such", "no such folder"), (file, "is a file")] {
            let run = try space.tool(["run"] + Self.flags + ["-w", folder, "--", "echo", "RAN"])
            expectRefused(run, 125, "workdir", word, folder)
        }
        try space.spec(members(["workdir": .string(try space.makeFolder("temporary"))]))
        #expect(try space.tool(["plan"]).code == 0)
        try Folder.removeTree(space.folder("work/temporary"))
        expectRefused(try space.tool(["exec"]), 125, "workdir", "temporary")
    }

    @Test("Standard input, captures and outputs are as with a launcher", arguments: Requirements.users)
    func streams(user: UInt32?) throws {
        let space = try Workspace("direct-streams", user: user)
        try space.makeFolder("out")
        try space.write("from a file\n", to: "in.txt")
        let script = "cat; echo bwrap: error >&2; echo result > out/r; exit 3"
        let (run, _) = try space.exec(
            members([
                "command": ["/bin/sh", "-c", .string(script)], "workdir": .string(space.work),
                "stdin": ["file": "in.txt"], "outputs": [.string("\(space.work)/out/**")],
            ])
        )
        #expect(run.code == 3, "\(run)")
        #expect(run.text == "from a file\n")
        #expect(run.errorText == "bwrap: error\n")
        #expect(try space.tool(["cat", "last", "6-collect/stderr"]).text == "bwrap: error\n")
        let output = try space.tool(["cat", "last", "6-collect/outputs.tar\(space.work)/out/r"])
        #expect(output.text == "result\n", "\(output)")
        try space.write("another\n", to: "in.txt")
        expectRefused(try space.tool(["exec"]), 125, "stdin.file")
        let combined = try space.tool(
            ["run"] + Self.flags + ["--capture", "combined", "--", "sh", "-c", "echo a; echo b >&2"]
        )
        #expect(combined.code == 0, "\(combined)")
        #expect(try space.tool(["cat", "last", "6-collect/combined"]).text == "a\nb\n")
    }

    @Test("--print-command prints the command itself; --full its folder and variables")
    func printed() throws {
        let space = try Workspace("direct-print")
        let set: JSONValue = ["inherit": false, "set": ["A": "b c"]]
        try space.spec(members(["command": ["echo", "it's", ""], "workdir": "/usr", "env": set]))
        #expect(try space.tool(["plan", "--print-command"]).text == "echo 'it'\\''s' ''\n")
        #expect(try space.json(["plan", "--print-command", "--json"]) == ["echo", "it's", ""])
        let full = try space.tool(["plan", "--print-command", "--full"]).text
        #expect(full == "echo 'it'\\''s' ''\n# folder: /usr\n# environment: 'A=b c' PWD=/usr\n")
        let document = try space.json(["plan", "--print-command", "--full", "--json"])
        #expect(document["arguments"] == ["echo", "it's", ""])
        #expect(document["environment"] == ["A=b c", "PWD=/usr"])
        #expect(document["workdir"] == "/usr")
        #expect(document["descriptors"] == [:])
    }

    @Test("A broker is reached by its two variables", .needsPython, arguments: Requirements.users)
    func broker(user: UInt32?) throws {
        let space = try Workspace("direct-broker", user: user)
        try space.write("#!/bin/sh\necho shim ran\n", to: "shim", mode: 0o755)
        let client = """
            import os, socket, subprocess
            s = socket.socket(socket.AF_UNIX); s.connect(os.environ["MPROXY_BROKER_SOCK"])
            print(s.recv(100).decode(), flush=True); subprocess.run([os.environ["MPROXY_SHIM_PATH"]])
            """
        let server = """
            import socket, subprocess, sys, threading
            s = socket.socket(socket.AF_UNIX); s.bind("broker.sock"); s.listen()
            def serve():
                c, _ = s.accept(); c.send(b"hello from outside"); c.close()
            threading.Thread(target=serve, daemon=True).start()
            sys.exit(subprocess.run(sys.argv[1:]).returncode)
            """
        try space.spec(
            members([
                "command": ["/usr/bin/python3", "-c", .string(client)],
                "broker": ["socket": "broker.sock", "shim": "shim"],
            ])
        )
        let run = try Program.run(
            ["/usr/bin/python3", "-c", server, Tool.path, "exec", "sandbox.json"],
            in: space.work,
            environment: space.environment.merging(["MPROXY_BROKER_SOCK": "/inherited"]) { $1 },
            user: user
        )
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "hello from outside\nshim ran\n")
        let record = try space.artefact("5-launch/result.json")
        #expect(entry("broker", record)?["answer"] == "not needed")
    }
}
