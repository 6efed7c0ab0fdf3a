import HostFiles
import JSONText
import TestSupport
import Testing

/// Mounts, working folders and brokers that can't be: refused with the field, and without a trace on the host.
@Suite(.enabled(if: Requirements.has("bwrap")))
struct MountFaultTests {
    @Test("a working folder that is missing, a file, or the kernel's is refused", arguments: Requirements.users)
    func workdir(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        for folder in [
            "/none", "/etc/hostname", "/etc/none/deep", "/proc/self", "/proc/1/cwd", "/sys/none", "/dev/null",
            "/bin/none",
            "/etc/passwd/x",
        ] {
            expectRefused(try lab.inside("true", ["-w", folder]), 125, "workdir")
        }
        for folder in ["relative", "/tmp/../etc", ""] { expectRefused(try lab.inside("true", ["-w", folder]), 125) }
        let passwd = try lab.inside("true", ["-w", "/etc/passwd"])
        #expect(passwd.code == 125)
        expectRefused(passwd, 125, "workdir")

        for folder in ["/tmp/made/deep", "/etc", "/dev/shm/x"] {
            let run = try lab.inside("pwd", ["-w", folder])
            #expect(run.text == folder + "\n" && run.code == 0, "\(run)")
        }
        #expect(try FileStatus.of("/tmp/made") == nil)
    }

    @Test("a mount at the root, with .., relative or on the kernel's files is refused", arguments: Requirements.users)
    func places(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        for place in [
            "/", "//", "/.", "/a/../b", "/..", "a", "", "/proc/x", "/proc/self/cwd", "/proc/sys", "/sys/none",
        ] {
            expectRefused(try lab.inside("true", ["-v", "/etc:\(place):ro"]), 125)
            expectRefused(try lab.inside("true", ["--tmpfs", place]), 125)
        }
        expectRefused(try lab.inside("true", ["--tmpfs", "/a", "-v", "/etc:/a:ro"]), 125, "mounts")
    }

    @Test("a mount below a symlink lands where the symlink leads, if that is there", arguments: Requirements.users)
    func belowSymlink(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("mine", to: "p/file")
        _ = try Folder.link(lab.folder("p/etc"), to: "/etc")
        try lab.own()
        // /bin is a symlink to usr/bin.
        expectRefused(
            try lab.inside("true", ["-v", lab.folder("p/file") + ":/bin/sbx-none:ro"]),
            125,
            "mounts[0]",
            "/bin/sbx-none"
        )
        let run = try lab.inside("/usr/bin/cat /usr/bin/who", ["-v", lab.folder("p/file") + ":/bin/who:ro"])
        #expect(run.text == "mine", "\(run)")
        let flags = ["-v", lab.folder("p") + ":/p:rw", "-v", lab.folder("p/file") + ":/p/etc/hostname:ro"]
        let other = try lab.inside("cat /etc/hostname", flags)
        #expect(other.text == "mine", "\(other)")
        expectRefused(
            try lab.inside("true", flags.dropLast() + [lab.folder("p/file") + ":/p/etc/sbx-none:ro"]),
            125,
            "mounts[1]"
        )
        #expect(try FileStatus.of("/etc/sbx-none") == nil)
    }

    @Test(
        "a mount below a tmpfs lands at its whole path, whatever its folders are called",
        arguments: Requirements.users
    )
    func belowTmpfs(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("mine", to: "p/file")
        try lab.own()
        let run = try lab.inside("cat /tmp/x/y/file", ["-v", lab.folder("p") + ":/tmp/x/y:ro"])
        #expect(run.text == "mine", "\(run)")
        let repeated = try lab.inside("cat /tmp/a/b/a/file", ["-v", lab.folder("p") + ":/tmp/a/b/a:ro"])
        #expect(repeated.text == "mine", "\(repeated)")
    }

    @Test("a file over a folder and a folder over a file are refused", arguments: Requirements.users)
    func kinds(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        expectRefused(try lab.inside("true", ["-v", "/etc/passwd:/usr/lib:ro"]), 125, "mounts[0]", "/usr/lib")
        expectRefused(try lab.inside("true", ["-v", "/usr/lib:/etc/passwd:ro"]), 125, "mounts[0]", "/etc/passwd")
        expectRefused(try lab.inside("true", ["--tmpfs", "/etc/passwd"]), 125, "mounts[0]", "/etc/passwd")
    }

    @Test("a missing source is refused and an optional one is left out", arguments: Requirements.users)
    func sources(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        _ = try Folder.link(lab.folder("dangling"), to: "nowhere")
        _ = try Folder.link(lab.folder("loop"), to: "loop")
        for source in [lab.folder("none"), lab.folder("dangling"), "/etc/passwd/x", lab.folder("loop")] {
            expectRefused(try lab.inside("true", ["-v", "\(source):/x:ro"]), 125, "mounts[0].bind")
            #expect(try FileStatus.of(source) == nil || FileStatus.of(source)?.kind == .symlink)
        }
        try lab.spec(
            "{\"command\": [\"ls\", \"/x\"], \"mounts\": [{\"bind\": \"none\", \"at\": \"/x\", \"optional\": true}]}",
            to: "s.json"
        )
        let run = try lab.tool(["exec", "s.json"])
        #expect(run.code == 2 && run.errorText.contains("/x"), "\(run)")
        #expect(try FileStatus.of(lab.folder("none")) == nil)
    }

    @Test("names of 255 bytes and not ASCII are bound and collected", arguments: Requirements.users)
    func names(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        for name in [
            String(repeating: "n", count: 255), "ü é\t\u{1F600}", String(repeating: "ü", count: 127) + "x", "a\nb",
        ] {
            try lab.folder.write("mine", to: "p/\(name)/file")
            try lab.own()
            let quoted = name.replacing("\t", with: "\\t").replacing("\n", with: "\\n")
            try lab.spec(
                """
                {"command": ["cp", "/\(quoted)/file", "/\(quoted)/copy"], "outputs": ["/\(quoted)/copy"],
                 "mounts": [{"bind": "p/\(quoted)", "at": "/\(quoted)", "mode": "rw"}]}
                """,
                to: "s.json"
            )
            let run = try lab.tool(["exec", "s.json"])
            #expect(run.code == 0, "\(run)")
            let list = try lab.tool(["cat", "last", "6-collect/outputs.json"]).json()
            let file = list["outputs"]?.arrayValue?.first?["files"]?.arrayValue?.first
            #expect(file?["path"]?.stringValue == "/\(name)/copy" && file?["size"]?.integerValue == 4, "\(run)")
        }
    }

    @Test("only devices are bound as devices", arguments: Requirements.users)
    func devices(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let folder = try lab.folder.folder("p")
        try lab.own()
        let run = try lab.inside("touch \(folder)/made", ["--device", folder])
        #expect(run.code == 125, "\(run)")

        let missing = try lab.inside("true", ["--device", "/dev/sbx-none"])
        #expect(missing.code == 125, "\(missing)")
        expectRefused(missing, 125, "devices")
    }

    @Test("a broker's socket that is too long, missing or no socket is refused", arguments: Requirements.users)
    func broker(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("#!/bin/sh\n", to: "shim", mode: 0o755)
        try lab.folder.write("", to: "file")
        let long = lab.folder(String(repeating: "s", count: 108 - lab.folder.path.utf8.count - 1))
        #expect(long.utf8.count == 108)
        _ = try lab.outside("mkfifo fifo")
        try lab.own()
        for socket in [long, lab.folder("none"), lab.folder("file"), lab.folder.path, lab.folder("fifo")] {
            expectRefused(
                try lab.inside("true", ["--broker", "\(socket):\(lab.folder("shim"))"]),
                125,
                "broker.socket"
            )
        }
    }
}
