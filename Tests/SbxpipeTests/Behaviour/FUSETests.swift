import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Folders on FUSE", .tags(.large), .needsBubblewrap, .needsFUSE)
struct FUSETests {
    @Test(
        "A workspace on FUSE, bound rw: what is written inside arrives below it, and outputs are collected from it",
        arguments: Requirements.users
    )
    func workspace(user: UInt32?) throws {
        let lab = try FUSELab("fusework", user: user)
        try lab.space.write("given\n", to: "below/given")
        let script =
            "cat given; echo made >made; mkdir -p sub; echo deep >sub/deep; mv made moved; rm given; id -u >owner"
        try lab.space.spec([
            "command": ["/bin/sh", "-c", .string(script)], "workdir": "/project",
            "mounts": [["bind": "mounted", "at": "/project", "mode": "rw"]],
            "outputs": ["/project/moved", "/project/sub/**"],
        ])
        let run = try lab.run("\"$S\" exec sandbox.json; grep -q ' fuse ' /proc/self/mountinfo")
        #expect(run.code == 0 && run.text == "given\n" && run.errors.isEmpty, "\(run)")
        #expect(try lab.space.folder.read("work/below/moved") == "made\n")
        #expect(try lab.space.folder.read("work/below/sub/deep") == "deep\n")
        #expect(!FUSELab.exists(lab.below + "/given"))
        let owner = try #require(try FileStatus.of(lab.below + "/moved")?.owner)
        #expect(owner == user ?? HostIdentity.current().user)
        for (path, text) in [("moved", "made\n"), ("sub/deep", "deep\n")] {
            #expect(try lab.space.tool(["cat", "last", "6-collect/outputs.tar/project/\(path)"]).text == text)
        }
        // Nothing of the mount was left behind in the folder that it covered.
        #expect(try Folder.names(lab.mounted).isEmpty)
    }

    @Test("Bound ro it can be read and not be written", arguments: Requirements.users)
    func readOnly(user: UInt32?) throws {
        let lab = try FUSELab("fusero", user: user)
        try lab.space.write("given\n", to: "below/given")
        let command =
            "cat /project/given; echo x 2>/dev/null >>/project/given || echo refused; touch /project/new 2>/dev/null || echo no"
        let run = try lab.run(
            "\"$S\" run -v $PWD/mounted:/project:ro -- /bin/sh -c \"$COMMAND\"",
            adding: ["COMMAND": command]
        )
        #expect(run.code == 0 && run.text == "given\nrefused\nno\n", "\(run)")
        #expect(try lab.space.folder.read("work/below/given") == "given\n")
        #expect(try Folder.names(lab.below).count == 1)
    }

    @Test(
        "The PATH-stub folder: its stubs are found by the shell's search and by the launch, first or last as was said",
        arguments: Requirements.users
    )
    func stubs(user: UInt32?) throws {
        let lab = try FUSELab("fusepath", user: user)
        for name in ["only-here", "uname"] {
            try lab.space.write("#!/bin/sh\necho stub \"$0\" \"$@\"\n", to: "below/\(name)", mode: 0o755)
        }
        let shell = "command -v only-here; command -v uname; only-here 1 '2 3'; uname -z; exec only-here last"
        for (position, uname) in [("prepend", "/stubs/uname"), ("append", "/usr/bin/uname")] {
            try lab.space.spec([
                "command": ["/bin/sh", "-c", .string(shell)],
                "mounts": [["bind": "mounted", "at": "/stubs"]],
                "env": ["path": ["dir": "/stubs", "position": .string(position)]],
            ])
            let run = try lab.run(
                "\"$S\" exec sandbox.json 2>/dev/null; \"$S\" exec --set 'command=[\"only-here\",\"x\"]' sandbox.json"
            )
            var lines = ["/stubs/only-here", uname, "stub /stubs/only-here 1 2 3"]
            if position == "prepend" { lines.append("stub /stubs/uname -z") }
            lines += ["stub /stubs/only-here last", "stub /stubs/only-here x"]
            #expect(run.code == 0 && run.text == lines.map { $0 + "\n" }.joined(), "\(run)")
        }
    }

    @Test("Without containment a stub folder on FUSE is used where it lies", arguments: Requirements.users)
    func overlay(user: UInt32?) throws {
        let lab = try FUSELab("fuseoverlay", user: user)
        try lab.space.write("#!/bin/sh\necho stub \"$0\"\n", to: "below/only-here", mode: 0o755)
        try lab.space.spec([
            "command": ["/bin/sh", "-c", "command -v only-here; only-here"], "preset": "overlay",
            "mounts": [["bind": "mounted", "at": .string(lab.mounted), "mode": "rw"]],
            "env": ["path": ["dir": .string(lab.mounted), "position": "prepend"]],
        ])
        let run = try lab.run("for r in bwrap direct; do \"$S\" exec --runtime $r sandbox.json; done")
        let once = "\(lab.mounted)/only-here\nstub \(lab.mounted)/only-here\n"
        #expect(run.code == 0 && run.text == once + once, "\(run)")
    }

    @Test(
        "Another's FUSE mount: one line and what it needs, for root as for anybody",
        .enabled(if: Requirements.isRoot)
    )
    func othersMount() throws {
        let lab = try FUSELab("fuseother", user: 4321)
        let hint =
            "sbxpipe: hint: \(lab.mounted) is a FUSE mount: nobody but who mounted it, not even root, sees what is "
            + "in it, unless it was mounted with allow_other\n"
        // Stores of its own: the workspace's is the user's.
        let root = ["XDG_STATE_HOME": lab.space.folder("state"), "SBXPIPE_STORE": lab.space.folder("store")]
        for (flags, field) in [
            ("-v $PWD/mounted:/p", "mounts[0].bind"), ("-v $PWD/mounted/sub:/p", "mounts[0].bind"),
            ("--stdin $PWD/mounted/file", "stdin.file"),
        ] {
            let run = try lab.run("\"$S\" run \(flags) -- true", isRoot: true, adding: root)
            #expect(run.code == 125 && run.output.isEmpty, "\(run)")
            #expect(run.errorLines.count == 2 && run.errorText.hasPrefix("sbxpipe: error: run: \(field): "), "\(run)")
            #expect(run.errorText.contains("\(lab.mounted)") && run.errorText.contains("permission denied"), "\(run)")
            #expect(run.errorText.hasSuffix(hint), "\(run)")
        }
        // It does not keep root from running what has nothing to do with it.
        let script = """
            mount -t tmpfs other /mnt; mkdir -m 777 /mnt/other
            $AS bindfs -f --no-allow-other below /mnt/other & trap 'kill $!; wait' EXIT
            until grep -q ' /mnt/other .* - fuse' /proc/self/mountinfo; do sleep 0.01; done
            "$S" run -- /bin/sh -c 'ls /mnt/other 2>/dev/null || echo fine'
            """
        let run = try lab.run(script, isRoot: true, adding: root)
        #expect(run.code == 0 && run.text == "fine\n", "\(run)")
    }

    @Test("A mount whose program is gone is told of as such")
    func deadMount() throws {
        let lab = try FUSELab("fusedead")
        let script = "kill -KILL $(pgrep -P $PPID bindfs); until ! ls mounted 2>/dev/null; do sleep 0.02; done; "
        let run = try lab.run(script + "\"$S\" run -v $PWD/mounted:/p -- true")
        // The shell has something to say of the killed one too.
        #expect(run.code == 125 && run.errorLines.count { $0.hasPrefix("sbxpipe: ") } == 2, "\(run)")
        #expect(
            run.errorText.contains("mounts[0].bind: ") && run.errorText.contains("its program may be gone"),
            "\(run)"
        )
    }

    @Test("The mount is gone after a script that fails, and so is its program")
    func failure() throws {
        let lab = try FUSELab("fusefails")
        let run = try lab.run("touch mounted/x; pgrep -P $PPID bindfs >pid; exit 7")
        #expect(run.code == 7, "\(run)")
        #expect(try Folder.names(lab.below).count == 1 && Folder.names(lab.mounted).isEmpty)
        let pid = try lab.space.folder.read("work/pid").prefix { $0 != "\n" }
        #expect(!pid.isEmpty && !FUSELab.exists("/proc/\(pid)"))
    }
}
