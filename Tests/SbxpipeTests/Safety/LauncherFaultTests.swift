import HostFiles
import HostProcess
import TestSupport
import Testing

/// A launcher that is missing, planted, or misbehaves (SAFETY.md, recipe Launch).
@Suite(.enabled(if: Requirements.has("bwrap")))
struct LauncherFaultTests {
    private func refused(_ lab: SafetyLab, _ variables: [String: String], _ word: String) throws {
        try lab.spec("{\"command\": [\"/bin/echo\", \"RAN\"]}", to: "s.json")
        expectRefused(try lab.tool(["plan", "s.json"], environment: variables), 2, word)
        expectRefused(try lab.tool(["exec", "s.json"], environment: variables), 125, word)
        expectRefused(try lab.tool(["run", "--", "/bin/echo", "RAN"], environment: variables), 125, word)
    }

    /// A program of ours in the folder of that name.
    private func compile(_ lab: SafetyLab, _ body: String, to place: String) throws -> Bool {
        try lab.folder.write("#include <stdio.h>\n#include <unistd.h>\nint main() { \(body) }\n", to: "launcher.c")
        try Folder.makeAll(AbsolutePath.parent(lab.folder(place)), permissions: 0o755)
        let path = HostSystem.environment()["PATH"] ?? "/usr/bin:/bin"
        guard
            let clang = ["clang", "cc", "gcc"].compactMap({ name in
                path.split(separator: ":").map { "\($0)/\(name)" }.first {
                    (try? FileStatus.of($0, following: true)) ?? nil != nil
                }
            }).first
        else { return false }
        let words = [clang, "-o", lab.folder(place), lab.folder("launcher.c")]
        let run = try Program.run(words, in: lab.folder.path, environment: ["PATH": path, "HOME": "/tmp"])
        #expect(run.code == 0, "\(run)")
        try lab.own()
        return run.code == 0
    }

    @Test("no launcher on PATH is said with a hint", arguments: Requirements.users)
    func missing(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("empty")
        for path in ["/nowhere", lab.folder("empty"), "", "::", "relative:./x"] {
            try refused(lab, ["PATH": path], "bwrap")
        }
        try refused(lab, ["SBXPIPE_BWRAP": "/nowhere/bwrap"], "SBXPIPE_BWRAP")
        try refused(lab, ["SBXPIPE_BWRAP": "bwrap"], "SBXPIPE_BWRAP")
    }

    @Test("relative entries of PATH are not looked at", arguments: Requirements.users)
    func relative(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("#!/bin/sh\necho PLANTED\n", to: "bwrap", mode: 0o755)
        try lab.folder.write("#!/bin/sh\necho PLANTED\n", to: "bin/bwrap", mode: 0o755)
        try lab.own()
        for path in [".:/usr/bin:/bin", ":/usr/bin:/bin", "bin:./bin:/usr/bin:/bin"] {
            let run = try lab.tool(["run", "--", "/bin/echo", "RAN"], environment: ["PATH": path])
            #expect(run.text == "RAN\n" && run.code == 0, "\(run)")
        }
    }

    @Test("a script, a text, a folder or another machine's program is no launcher", arguments: Requirements.users)
    func notELF(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("#!/bin/sh\necho PLANTED\n", to: "script/bwrap", mode: 0o755)
        try lab.folder.write("", to: "void/bwrap", mode: 0o755)
        try lab.folder.write("\u{7F}ELF nonsense", to: "elf/bwrap", mode: 0o755)
        try lab.folder.folder("folder/bwrap")
        try lab.own()
        for name in ["script", "void", "elf"] {
            try refused(lab, ["PATH": lab.folder(name) + ":/usr/bin:/bin"], "launcher " + lab.folder(name) + "/bwrap")
        }
        let run = try lab.tool(
            ["run", "--", "echo", "RAN"],
            environment: ["PATH": lab.folder("folder") + ":/usr/bin:/bin"]
        )
        #expect(run.code == 0, "\(run)")
    }

    @Test("a launcher that others may write, itself or by a folder above it, is refused", arguments: Requirements.users)
    func writable(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let place = lab.folder("a/b")
        _ = try lab.outside(
            "mkdir -p a/b link; cp /usr/bin/bwrap a/b/bwrap; ln -s ../a/b/bwrap link/bwrap; chmod 755 a a/b"
        )
        func ran(_ folder: String) throws -> Bool {
            try lab.tool(["run", "--", "true"], environment: ["PATH": folder + ":/usr/bin"]).code == 0
        }
        // /tmp above it is root's and sticky, which is fine.
        #expect(try ran(place))
        for (change, undo) in [
            ("chmod 777 a/b", "chmod 755 a/b"), ("chmod 775 a", "chmod 755 a"),
            ("chmod 777 a/b/bwrap", "chmod 755 a/b/bwrap"),
            ("chmod 1777 a/b; [ $(id -u) != 0 ] || chown 65534 a/b", "[ $(id -u) != 0 ] || chown 0 a/b; chmod 755 a/b"),
        ] {
            _ = try lab.outside(change)
            try refused(lab, ["PATH": place + ":/usr/bin:/bin"], "others may write")
            try refused(lab, ["PATH": lab.folder("link") + ":/usr/bin:/bin"], "others may write")
            try refused(lab, ["SBXPIPE_BWRAP": place + "/bwrap"], "others may write")
            _ = try lab.outside(undo)
            #expect(try ran(place))
        }
    }

    @Test("a launcher of another user is refused", .enabled(if: Requirements.isRoot))
    func foreign() throws {
        let lab = try SafetyLab(4321)
        _ = try lab.outside("mkdir a; cp /usr/bin/bwrap a/bwrap")
        let run = try Tool.run(
            ["run", "--", "echo", "RAN"],
            in: "/",
            environment: Tool.environment(home: try lab.folder.folder("root"))
                .merging(["SBXPIPE_BWRAP": lab.folder("a/bwrap")]) { $1 }
        )
        expectRefused(run, 125, "others may write")
    }

    @Test(
        "a launcher that hangs, floods or prints an unknown version ends with one line",
        arguments: Requirements.users
    )
    func misbehaving(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let programs = [
            ("hangs", "sleep(600);", "did not answer"),
            ("floods", "for (;;) puts(\"bubblewrap 0.8.0\");", "without end"),
            ("odd", "puts(\"bubblewrap from here\"); return 0;", "version"),
            ("silent", "return 0;", "version"),
            ("other", "puts(\"sandboxer 1.2\"); return 0;", "version"),
            ("escapes", "puts(\"\\033[31mred 1\"); return 0;", "version"),
        ]
        for (name, body, word) in programs {
            guard try compile(lab, body, to: name + "/bwrap") else { return }
            let path = ["PATH": lab.folder(name) + ":/usr/bin:/bin"]
            expectRefused(try lab.tool(["run", "--", "echo", "RAN"], environment: path), 125, word, lab.folder(name))
        }
    }

    @Test("a launcher that was exchanged after the plan is looked at again", arguments: Requirements.users)
    func exchanged(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        _ = try lab.outside("mkdir a; cp /usr/bin/bwrap a/bwrap")
        try lab.spec("{\"command\": [\"/bin/echo\", \"RAN\"]}", to: "s.json")
        let path = ["PATH": lab.folder("a") + ":/usr/bin:/bin"]
        let plan = try lab.tool(["plan", "s.json"], environment: path)
        #expect(plan.code == 0, "\(plan)")
        #expect(try lab.tool(["exec", "s"], environment: path).text == "RAN\n")
        guard try compile(lab, "puts(\"bubblewrap 9.9.9 PLANTED\"); return 0;", to: "b/bwrap") else { return }
        _ = try lab.outside("mv b/bwrap a/bwrap")
        for reference in ["s", "s.json"] {
            let run = try lab.tool(["exec", reference], environment: path)
            expectRefused(run, 125, "bubblewrap")
        }
        guard try compile(lab, "puts(\"bubblewrap 0.8.0\"); return 0;", to: "c/bwrap") else { return }
        _ = try lab.outside("mv c/bwrap a/bwrap")
        let run = try lab.tool(["exec", "s", "--result", "r.json"], environment: path)
        #expect(run.code == 125 && !run.text.contains("RAN"), "\(run)")
    }
}
