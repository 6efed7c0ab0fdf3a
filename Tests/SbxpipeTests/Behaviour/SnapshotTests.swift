import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Snapshot mounts", .tags(.large), .serialized, .sharingLabs)
struct SnapshotTests {
    @Test("A snapshot is read-only and stays what it was, on every runtime", arguments: RuntimeColumn.sandboxes)
    func everyRuntime(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        for (name, text) in [
            ("snap/sub/file", "as it was\n"), ("single", "one file\n"), ("snap/tool", "#!/bin/sh\necho ran\n"),
        ] {
            try lab.space.write(text, to: name, mode: name == "snap/tool" ? 0o755 : 0o640)
        }
        try Folder.removeFile(lab.space.folder("work/snap/link"))
        try Folder.link(lab.space.folder("work/snap/link"), to: "/etc/shadow")
        let script = """
            cat sub/file /single; /src/tool; readlink link
            for f in sub/file sub/new new tool /single; do (echo x >$f) 2>/dev/null && echo "wrote $f"; done
            rm -f sub/file /single 2>/dev/null; cat sub/file; pwd; ls /snapshots 2>/dev/null
            """
        let spec: JSONValue = [
            "command": ["/bin/sh", "-c", .string(script)], "workdir": "/src",
            "mounts": [
                ["bind": "snap", "at": "/src", "mode": "snapshot"],
                ["bind": "single", "at": "/single", "mode": "snapshot"],
                ["bind": "absent", "at": "/absent", "mode": "snapshot", "optional": true],
            ],
        ]
        let (run, record) = try lab.exec(spec)
        #expect(run.text == "as it was\none file\nran\n/etc/shadow\nas it was\n/src\n", "\(run)")
        let entry = record?["enforcement"]?.arrayValue?.first { $0["name"] == "mounts.snapshot" }
        #expect(entry?["answer"] == "enforced" && entry?["asked"] == ["/src", "/single", "/absent"])
        try lab.space.write("changed\n", to: "snap/sub/file")
        // The plan as it is goes by its layers.
        let again = try lab.tool(["exec", "last"])
        #expect(again.text == run.text, "\(again)")
        #expect(try lab.exec(spec).run.text.hasPrefix("changed\n"))
        #expect(try Folder.names(lab.space.store + "/cache/tmp").isEmpty)
        let verified = try lab.space.tool(["cache", "verify"])
        #expect(verified.code == 0, "\(verified)")
    }

    @Test(
        "Two folders of the same content are one portable sandbox, and its layer is a plain tar",
        arguments: Requirements.users
    )
    func portable(user: UInt32?) throws {
        let space = try Workspace("portable", user: user)
        for folder in ["one", "two"] {
            try space.write("same\n", to: "\(folder)/src/file")
            try space.spec(
                ["command": ["cat", "/src/file"], "mounts": [["bind": "src", "at": "/src", "mode": "snapshot"]]],
                named: "\(folder)/s.json"
            )
        }
        let plans = try ["one", "two"].map { try space.json(["plan", "--json", "\($0)/s.json"]) }
        #expect(plans[0]["portable"] == plans[1]["portable"])
        #expect(plans[0]["plan"] == plans[1]["plan"])
        let layer = try space.tool(["cat", "s", "4-archive/layer-0.tar"])
        let list = try Program.run(
            ["/bin/tar", "--numeric-owner", "-tvf", "-"],
            in: "/",
            environment: ["TZ": "UTC"],
            stdin: layer.output
        )
        #expect(list.text.contains("0/0"), "\(list)")
        #expect(list.text.contains("1970-01-01 00:00 src/file\n"), "\(list)")
        let digest = try space.artefact("4-archive/plan.json", of: "s")["layers"]?.arrayValue?.first?["digest"]
        let sum = try Program.run(["/usr/bin/sha256sum"], in: "/", environment: [:], stdin: layer.output).text
        #expect(digest?.stringValue == "sha256:" + sum.prefix(64))
        // Another time is another layer, and shows inside.
        let run = try space.tool(
            ["run", "-v", "one/src:/src:snapshot", "--", "stat", "-c", "%Y", "/src/file"],
            adding: ["SOURCE_DATE_EPOCH": "1700000000"]
        )
        #expect(run.text == "1700000000\n", "\(run)")
    }

    @Test("What no snapshot can hold is an error that names field and path", arguments: Requirements.users)
    func refused(user: UInt32?) throws {
        let space = try Workspace("nosnap", user: user)
        try space.write("x", to: "d/sub/fine")
        try space.write("x", to: "closed/file", mode: user == nil && Requirements.isRoot ? 0o600 : 0o200)
        let cases: [(make: String, source: String, words: String)] =
            [
                ("mkfifo d/sub/pipe", "d", "d/sub/pipe: is a fifo"), ("true", "/", "the root itself"),
                ("true", "/dev/null", "characterDevice"), ("true", "gone", "no such file"),
                ("true", space.store + "/cache", "lies in a store"),
            ]
            + (space.user != nil || !Requirements.isRoot ? [("true", "closed", "closed/file: permission denied")] : [])
        for (make, source, words) in cases {
            _ = try Program.run(["/bin/sh", "-c", make], in: space.work, environment: ["PATH": "/usr/bin:/bin"])
            let (run, _) = try space.exec(
                ["command": ["true"], "mounts": [["bind": .string(source), "at": "/src", "mode": "snapshot"]]]
            )
            #expect(run.code == 125 && run.errorLines.count <= 2, "\(run)")
            #expect(run.errorLines.first?.hasPrefix("sbxpipe: error: sandbox.json: mounts[0].bind: ") == true, "\(run)")
            #expect(run.errorText.contains(words), "\(words): \(run)")
        }
    }

    @Test(
        "The store in a snapshot is empty, so that a project with its own store can be one",
        arguments: Requirements.users
    )
    func ownStore(user: UInt32?) throws {
        let space = try Workspace("ownstore", user: user)
        try space.write("mine\n", to: "p/file")
        let flags = [
            "--store", "p", "run", "-v", "p:/p:snapshot", "--", "/bin/sh", "-c",
            "cat /p/file; ls -A /p/cache /p/stages",
        ]
        let runs = try (0..<2).map { _ in try space.tool(flags) }
        #expect(runs[0].text == "mine\n/p/cache:\n\n/p/stages:\n", "\(runs[0])")
        #expect(runs[1].text == runs[0].text)
        #expect(
            try Folder.names(space.work + "/p/cache/trees").count == 1,
            "what a run leaves in the store is no change"
        )
    }

    @Test("gc keeps the trees of what is kept, and no others", arguments: StoreLab.someUsers)
    func garbage(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            """
            mkdir a b; echo a >a/f; echo b >b/f
            "$SBX" run --name n -v a:/a:snapshot -- cat /a/f; "$SBX" run --name n -v b:/a:snapshot -- cat /a/f; age
            "$SBX" cache gc >out 2>&1; grep -q 'unpacked trees' out || problem "$(cat out)"
            [[ $(ls "$C/trees" | wc -l) == 1 ]] || problem "$(ls "$C/trees")"
            "$SBX" exec n; "$SBX" cache verify >out 2>&1 || problem "$(cat out)"
            chmod -R u+w "$C/trees"; echo X >"$C"/trees/*/*/root/f
            "$SBX" cache verify >out 2>&1; [[ $? == 1 ]] || problem verify; grep -q 'root/f: is not what was' out || problem "$(cat out)"
            """
        )
        #expect(run.text == "a\nb\nb\n", "\(run)")
    }
}
