import HostFiles
import JSONText
import TestSupport
import Testing

/// What a hostile command leaves for the collector (SPEC.md, outputs): no symlink is followed, nothing hidden packed.
@Suite(.enabled(if: Requirements.has("bwrap")))
struct OutputSafetyTests {
    /// The files of the last run's outputs, by path.
    private func files(_ lab: SafetyLab) throws -> [String: JSONValue] {
        let list = try lab.tool(["cat", "last", "6-collect/outputs.json"])
        var found: [String: JSONValue] = [:]
        for output in try list.json()["outputs"]?.arrayValue ?? [] {
            for file in output["files"]?.arrayValue ?? [] { found[file["path"]?.stringValue ?? ""] = file }
        }
        return found
    }

    private func tar(_ lab: SafetyLab) throws -> ToolRun {
        try lab.outside(
            "\"$SBX\" cat last 6-collect/outputs.tar | tar -xO; \"$SBX\" cat last 6-collect/outputs.tar | tar -t"
        )
    }

    @Test("symlinks are kept as symlinks, FIFO, socket and node are noted and not read", arguments: Requirements.users)
    func kinds(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("out")
        try lab.folder.write("TOPSECRET", to: "secret")
        try lab.own()
        let script = """
            cd /out; ln -s /etc/shadow shadow; ln -s \(lab.folder("secret")) secret; ln -s /etc folder; mkfifo fifo
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
            echo fine > file; ln file hard; mkdir -p d/e
            """
        let run = try lab.inside(
            script,
            ["-v", lab.folder("out") + ":/out:rw", "--output", "/out/**", "--output", "/out/fifo"]
        )
        #expect(run.code == 0, "\(run)")
        let files = try files(lab)
        func kind(_ name: String) -> String? { files["/out/" + name]?["kind"]?.stringValue }
        #expect(kind("shadow") == "symlink" && files["/out/shadow"]?["target"]?.stringValue == "/etc/shadow")
        #expect(kind("secret") == "symlink" && kind("folder") == "symlink")
        #expect(kind("file") == "file" && kind("hard") == "file" && kind("d") == "folder")
        #expect(kind("fifo")?.isEmpty == false && files["/out/fifo"]?["digest"] == nil)
        #expect(kind("sock")?.isEmpty == false && files["/out/sock"]?["digest"] == nil)
        #expect(!files.keys.contains { $0.hasPrefix("/out/folder/") })
        let tar = try tar(lab)
        expectUnseen("TOPSECRET", tar)
        #expect(tar.text.hasPrefix("fine\nfine\n") || tar.text.hasPrefix("fine\n"), "\(tar)")
        #expect(!tar.text.contains("fifo") && !tar.text.contains("sock"), "\(tar)")
    }

    @Test("a folder that the command replaced by a symlink is not followed", arguments: Requirements.users)
    func replacedFolder(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("out/a/b")
        try lab.folder.write("TOPSECRET", to: "else/b/file")
        try lab.folder.write("TOPSECRET", to: "else/file")
        try lab.own()
        for target in [lab.folder("else"), "../else"] {
            for output in ["/out/a/b/file", "/out/a/b", "/out/a/**", "/out/*/b/file", "/out/a/file"] {
                let script = "rm -rf /out/a; ln -s \(target) /out/a; ls -la /out"
                _ = try lab.inside(script, ["-v", lab.folder("out") + ":/out:rw", "--output", output])
                let tar = try tar(lab)
                expectUnseen("TOPSECRET", tar)
                _ = try lab.outside("rm -rf out/a; mkdir -p out/a/b")
            }
        }
    }

    @Test("a folder above a bind's source that the command replaced is not followed", arguments: Requirements.users)
    func replacedAboveSource(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("p/a/out")
        try lab.folder.write("mine", to: "p/a/out/file")
        try lab.folder.write("TOPSECRET", to: "else/out/file")
        try lab.own()
        let flags = ["-v", lab.folder("p") + ":/p:rw", "-v", lab.folder("p/a/out") + ":/out:rw"]
        let script = "mv /p/a /p/b; ln -s \(lab.folder("else")) /p/a"
        for output in ["/out", "/out/file"] {
            _ = try lab.inside(script, flags + ["--output", output])
            let tar = try tar(lab)
            expectUnseen("TOPSECRET", tar)

            _ = try lab.outside("rm p/a; mv p/b p/a")
        }
    }

    @Test("a hidden file or folder in a collected bind is not collected", arguments: Requirements.users)
    func hidden(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("TOPSECRET", to: "out/hidden/deep/file")
        try lab.folder.write("TOPSECRET", to: "out/sub/file")
        try lab.folder.write("fine", to: "out/sub/other")
        try lab.own()
        let flags = ["-v", lab.folder("out") + ":/out:rw", "--hide", "/out/hidden", "--hide", "/out/sub/file"]
        for output in ["/out", "/out/**", "/out/hidden", "/out/hidden/deep/file", "/out/sub/file", "/out/**/file"] {
            _ = try lab.inside("true", flags + ["--output", output])
            expectUnseen("TOPSECRET", try tar(lab))
        }
        _ = try lab.inside("true", flags + ["--output", "/out"])
        #expect(try files(lab)["/out/sub/other"]?["size"]?.integerValue == 4)
    }

    @Test("outputs of a tmpfs leave nothing on the host", arguments: Requirements.users)
    func tmpfs(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let script = "mkdir -m 0 /o/closed; echo fine > /o/file; ln -s / /o/root; chmod 0 /o; chmod 755 /o"
        let run = try lab.inside(script, ["--tmpfs", "/o", "--output", "/o/file"])
        #expect(run.code == 0, "\(run)")
        #expect(try files(lab)["/o/file"]?["size"]?.integerValue == 5)
        let left = try lab.outside("ls -A \"$XDG_CACHE_HOME/sbxpipe/cache/tmp\"")
        #expect(left.text.isEmpty, "\(left)")
    }
}
