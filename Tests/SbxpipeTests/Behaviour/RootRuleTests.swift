import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("What roots of layers are held to", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct RootRuleTests {
    /// A workspace with the tree of ``RootTests``.
    private func space(_ user: UInt32?) throws -> Workspace {
        let space = try Workspace("root", user: user)
        try bash(space, user, RootTests.make)
        return space
    }

    private func bash(_ space: Workspace, _ user: UInt32?, _ script: String) throws {
        let run = try Program.run(
            ["/bin/bash", "-c", script],
            in: space.work,
            environment: space.environment,
            user: user
        )
        try #require(run.code == 0, "\(run)")
    }

    @Test(
        "A root whose /proc, /dev, /sys or /etc leads elsewhere, or whose shell is /proc/self/exe, never meets a launcher",
        arguments: Requirements.users
    )
    func leadsElsewhere(user: UInt32?) throws {
        let space = try space(user)
        for name in ["proc", "dev", "sys", "etc"] {
            try bash(
                space,
                user,
                "cp -a tree \(name); rm -r \(name)/\(name); ln -s /tmp \(name)/\(name); tar -C \(name) -cf \(name).tar ."
            )
            for root in ["dir:" + name, "tar:\(name).tar"] {
                let run = try space.tool(["run", "--rootfs", root, "--", "/bin/sh", "-c", "echo RAN"])
                #expect(run.code == 125 && run.text.isEmpty, "\(run)")
                #expect(
                    run.errorText == "sbxpipe: error: run: root: /\(name) in it is a symlink, not a folder\n",
                    "\(run)"
                )
            }
        }
        try bash(
            space,
            user,
            "rm tree/bin/sh; ln -s /proc/self/exe tree/bin/sh; printf '#!/bin/sh\\n' >tree/bin/script; chmod 755 tree/bin/script"
        )
        for command in ["/bin/sh", "sh", "/bin/script"] {
            let run = try space.tool(["run", "--rootfs", "dir:tree", "--result", "r.json", "--", command])
            #expect(run.code == 126 && run.errorText.contains("leads into /proc"), "\(run)")
            let record = try JSONParser.parse(Array(try space.folder.read("work/r.json").utf8))
            #expect(record["failure"]?["domain"] == "command", "\(record)")
        }
        #expect(try Folder.names(space.store + "/cache/tmp").isEmpty)
    }

    @Test("A hermetic launch is served from the cache wherever its files came from", arguments: Requirements.users)
    func hermetic(user: UInt32?) throws {
        let space = try space(user)
        func spec(_ folder: String, _ root: JSONValue, _ more: [String: JSONValue] = [:]) throws -> ToolRun {
            try space.write("source\n", to: "\(folder)/src/file")
            let members: JSONValue = [
                "command": ["/bin/sh", "-c", "cat /src/file; echo made >/out/x"], "root": root,
                "mounts": [["bind": "src", "at": "/src", "mode": "snapshot"], ["tmpfs": "/out"]],
                "env": ["inherit": false, "set": ["PATH": "/bin"]], "outputs": ["/out/x"], "cache": "hermetic",
            ]
            try space.spec(.object((members.objectValue ?? [:]).merging(more) { $1 }), named: "\(folder)/s.json")
            return try space.tool(["exec", "--reuse", "\(folder)/s.json"])
        }
        func isCached() throws -> Bool? { try space.artefact("6-collect/run.json")["cached"]?.boolValue }
        let first = try spec("one", ["tar": "../tree.tar"])
        #expect(first.code == 0 && first.text == "source\n", "\(first)")
        #expect(try isCached() != true)
        try bash(space, user, "cp tree.tar elsewhere.tar")
        #expect(try spec("two", ["tar": "../elsewhere.tar"]).text == "source\n")
        #expect(try isCached() == true)
        #expect(try space.tool(["why", "two/s.json"]).code == 0)
        // A byte of the root more is another launch.
        try bash(space, user, "echo more >tree/etc/more; tar -C tree -cf elsewhere.tar .")
        #expect(try space.tool(["why", "two/s.json"]).code == 1)
        #expect(try spec("two", ["tar": "../elsewhere.tar"]).code == 0)
        #expect(try isCached() != true)
        let refused = try spec("three", ["host": "ro"])
        #expect(refused.code == 125 && refused.errorText.contains("contradicts cache \"hermetic\""), "\(refused)")
    }

    @Test("A run with a root of its own is one file that another store and user take, and there it is reproduced")
    func travels() throws {
        let space = try space(nil)
        let made = try space.tool(["run", "--name", "it", "--rootfs", "oci:image", "--", "cat", "/etc/name"])
        #expect(made.code == 0 && made.text == "tree\n", "\(made)")
        let file = space.folder("it.sbx")
        #expect(try space.tool(["export", "last", "-o", file]).code == 0)
        try bash(space, nil, "chmod 644 ../it.sbx")
        let other = try Workspace("other", user: Requirements.users.last ?? nil)
        for command in [["import", file], ["replay", "last", "--check"]] {
            let run = try other.tool(command)
            #expect(run.code == 0, "\(run)")
        }
        #expect(try other.artefact("3-materialize/description.json")["root"]?["layers"]?.arrayValue?.count == 1)
    }

    @Test("A tree stays as long as a plan needs its layers, and gc takes it after that")
    func garbage() throws {
        let space = try space(nil)
        #expect(try space.tool(["run", "--name", "it", "--rootfs", "tar:tree.tar.gz", "--", "id", "-u"]).code == 0)
        let trees = space.store + "/cache/trees"
        let names = try Folder.names(trees)
        #expect(names.count == 1)
        let old = ["/usr/bin/find", space.store, "-exec", "touch", "-h", "-d", "@1000000000", "{}", "+"]
        func collect() throws {
            _ = try Program.run(old, in: "/", environment: ["PATH": "/usr/bin:/bin"])
            let run = try space.tool(["cache", "gc", "--keep-days", "0"])
            #expect(run.code == 0, "\(run)")
        }
        #expect(try space.tool(["cache", "gc"]).code == 0)
        #expect(try Folder.names(trees) == names)
        // The run, then its plan; the newest plan is kept.
        for _ in 0..<2 { #expect(try space.tool(["rm", "it"]).code == 0) }
        #expect(try space.tool(["run", "--", "true"]).code == 0)
        try collect()
        #expect(try Folder.names(trees).isEmpty)
    }

    @Test(
        "Under a root with nothing in it places are made wherever they are wanted",
        arguments: RuntimeColumn.sandboxes.filter { $0.runtime != "crun" }
    )
    func empty(column: RuntimeColumn) throws {
        let space = try space(column.user)
        let program = "int main(int c, char **v) { (void)c; return v[1] != 0; }"
        try Compiler.build(program, to: space.folder("work/static"), flags: ["-static"])
        let spec: JSONValue = [
            "command": ["/a/b/program"], "root": ["empty": true], "workdir": "/x/y",
            "mounts": [["bind": "static", "at": "/a/b/program"], ["tmpfs": "/t/u"], ["text": "x", "at": "/f/g"]],
        ]
        try space.spec(spec)
        try space.giveAway()
        let run = try space.tool(["exec", "sandbox.json", "--runtime", column.runtime])
        #expect(run.code == 0, "\(run)")
        let missing = try space.tool(["run", "--runtime", column.runtime, "--rootfs", "empty", "--", "/bin/sh"])
        #expect(missing.code == 127, "\(missing)")
    }
}
