import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("init", .tags(.large), .needsBubblewrap)
struct InitTests {
    /// The store of the folder, not that of the workspace.
    private static let ownStore = ["SBXPIPE_STORE": ""]

    private func tool(_ space: Workspace, _ arguments: [String], adding: [String: String] = [:]) throws -> ToolRun {
        try space.tool(arguments, adding: Self.ownStore.merging(adding) { _, new in new })
    }

    private func mode(_ path: String) throws -> UInt32? { try FileStatus.of(path)?.permissions }

    @Test("A spec and a store, which git does not see, and what to type next", arguments: Requirements.users)
    func writes(user: UInt32?) throws {
        let space = try Workspace("init", user: user)
        let run = try tool(space, ["init"])
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        #expect(run.text.contains("sandbox.json") && run.text.contains("sbxpipe plan\n"), "\(run)")
        #expect(run.text.contains("sbxpipe exec\n"), "\(run)")
        for name in ["cache", "stages"] {
            #expect(try mode(space.work + "/" + name) == 0o700)
            #expect(try space.folder.read("work/\(name)/.gitignore").hasSuffix("\n*\n"))
        }
        #expect(try FileStatus.of(space.work + "/cache/CACHEDIR.TAG")?.kind == .file)
        #expect(try space.folder.read("work/sandbox.json").contains("// "))
        #expect(try tool(space, ["plan"]).code == 0)
        let exec = try tool(space, ["exec"])
        #expect(exec.code == 0 && exec.text.contains("sandbox.json"), "\(exec)")
        #expect(try FileStatus.of(space.work + "/stages/last")?.kind == .symlink)
        #expect(try FileStatus.of(space.store) == nil)
    }

    @Test("git status shows the spec and nothing of the store", .enabled(if: Requirements.has("git")))
    func gitStatus() throws {
        let space = try Workspace("initgit")
        func git(_ words: String...) throws -> ToolRun {
            try Program.run(["/usr/bin/git"] + words, in: space.work, environment: space.environment)
        }
        #expect(try git("init", "-q").code == 0)
        #expect(try tool(space, ["init"]).code == 0)
        #expect(try tool(space, ["plan"]).code == 0)
        #expect(try tool(space, ["exec"]).code == 0)
        #expect(try git("status", "--short").text == "?? sandbox.json\n")
    }

    @Test("A folder that is missing is made, and only what was asked for is said")
    func folders() throws {
        let space = try Workspace("initdir")
        let run = try tool(space, ["init", "a b/c"])
        #expect(run.code == 0 && run.text.contains("cd 'a b/c' && sbxpipe plan"), "\(run)")
        #expect(try FileStatus.of(space.work + "/a b/c/sandbox.json")?.kind == .file)
        let quiet = try tool(space, ["init", "-q", "d"])
        #expect(quiet.code == 0 && quiet.output.isEmpty && quiet.errors.isEmpty, "\(quiet)")
        let document = try space.json(["init", "e", "--json"], adding: Self.ownStore)
        let folder = space.work + "/e"
        #expect(document["schema"] == "sbxpipe.init/v1")
        #expect(document["kind"] == "plain")
        #expect(document["spec"] == .string(folder + "/sandbox.json"))
        #expect(document["store"] == .string(folder))
        #expect(document["next"] == ["sbxpipe plan", "sbxpipe exec"])
        let other = try tool(space, ["init", "f", "--store", "place"])
        #expect(other.code == 0, "\(other)")
        #expect(try FileStatus.of(space.work + "/f/cache") == nil)
        #expect(try FileStatus.of(space.work + "/place/cache/.gitignore") != nil)
        let noted = try space.tool(["init", "g"])
        #expect(noted.code == 0 && noted.errorText.contains("SBXPIPE_STORE"), "\(noted)")
    }

    @Test("What is there stays as it is: one line, a hint, nothing made")
    func refusals() throws {
        let space = try Workspace("initno")
        try space.write("mine", to: "spec/sandbox.json")
        try space.write("mine", to: "cached/cache/data")
        try space.write("mine", to: "staged/stages")
        try space.write("mine", to: "tagged/cache/CACHEDIR.TAG")
        try space.folder.folder("work/open", mode: 0o775)
        try space.folder.folder("work/link")
        #expect(try Folder.link(space.work + "/link/sandbox.json", to: "/nowhere"))
        for (folder, names) in [
            ("spec", ["sandbox.json"]), ("cached", ["cache"]), ("staged", ["stages"]), ("tagged", ["cache"]),
            ("open", []), ("link", ["sandbox.json"]),
        ] {
            let run = try tool(space, ["init", folder])
            #expect(run.code == 2 && run.output.isEmpty, "\(folder): \(run)")
            #expect(run.errorLines.count == 2 && run.errorLines.last?.hasPrefix("sbxpipe: hint: ") == true, "\(run)")
            let left = try Folder.names(space.work + "/" + folder).map { String(decoding: $0, as: UTF8.self) }
            #expect(left == names, "\(folder)")
        }
        #expect(try space.folder.read("work/spec/sandbox.json") == "mine")
        try space.write("", to: "file")
        #expect(try tool(space, ["init", "file"]).code == 2)
        #expect(try tool(space, ["init", "a", "b"]).code == 64)
    }

    @Test("A store that is there is kept")
    func keptStore() throws {
        let space = try Workspace("initkept")
        #expect(try tool(space, ["init"]).code == 0)
        #expect(try tool(space, ["exec", "sandbox.json"]).code == 0)
        try Folder.removeFile(space.work + "/sandbox.json")
        let run = try tool(space, ["init"])
        #expect(run.code == 0 && run.text.contains("kept"), "\(run)")
        #expect(try tool(space, ["inspect", "last", "launch"]).code == 0)
    }

    @Test(
        "The folder can be written inside, .git can't; ~/.ssh and a network are not there",
        arguments: Requirements.users
    )
    func sandbox(user: UInt32?) throws {
        let space = try Workspace("initbox", user: user)
        try space.folder.write("key", to: "home/.ssh/id")
        try space.write("hook", to: ".git/hooks/x")
        #expect(try tool(space, ["init"]).code == 0)
        let script =
            "echo new >made; touch .git/hooks/y 2>/dev/null || echo kept; cat \(space.home)/.ssh/id || echo hidden; "
        let command = JSONValue.strings(["sh", "-c", script + "grep -c : /proc/net/dev; pwd"]).canonical()
        let set = "command=" + String(decoding: command, as: UTF8.self)
        let run = try tool(space, ["exec", "sandbox.json", "--set", set])
        #expect(run.code == 0 && run.text == "kept\nhidden\n1\n/project\n", "\(run)")
        #expect(try space.folder.read("work/made") == "new\n")
    }
}
