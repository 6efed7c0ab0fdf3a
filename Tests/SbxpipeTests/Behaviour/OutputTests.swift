import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Outputs", .tags(.large), .needsBubblewrap)
struct OutputTests {
    private func files(_ space: Workspace) throws -> [[String]] {
        let outputs = try space.artefact("6-collect/captures.json")["outputs"]?.arrayValue ?? []
        return outputs.map { output in
            (output["files"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue }
        }
    }

    @Test("From a rw bind and from a tmpfs, with digest, mode and size", arguments: Requirements.users)
    func bindAndTmpfs(user: UInt32?) throws {
        let space = try Workspace("outputs", user: user)
        try space.makeFolder("data")
        let script = "umask 022; echo bound >/data/one; printf 12345 >/tmp/two; chmod 750 /tmp/two; echo deep >/out/d"
        let (run, _) = try space.exec([
            "command": ["/bin/sh", "-c", .string(script)],
            "mounts": [["bind": "data", "at": "/data", "mode": "rw"], ["tmpfs": "/out", "size": "1M"]],
            "outputs": ["/data/one", "/tmp/two", "/out/d"],
        ])
        #expect(run.code == 0, "\(run)")
        #expect(try space.folder.read("work/data/one") == "bound\n")
        let contents = ["data/one": "bound\n", "tmp/two": "12345", "out/d": "deep\n"]
        for (path, text) in contents {
            let file = try space.tool(["cat", "last", "6-collect/outputs.tar/\(path)"])
            #expect(file.code == 0, "\(file)")
            #expect(file.text == text)
        }
        let list = try space.artefact("6-collect/outputs.json")
        #expect(list["outputs"] == (try space.artefact("6-collect/captures.json")["outputs"]))
        let sum = try Program.run(["/usr/bin/sha256sum"], in: "/", environment: [:], stdin: Array("12345".utf8)).text
        let expected: JSONValue = [
            "path": "/tmp/two", "kind": "file", "mode": "0750", "size": 5,
            "digest": .string("sha256:" + sum.prefix(64)),
        ]
        #expect(list["outputs"]?.arrayValue?[1]["files"] == [expected])
        #expect(try Folder.names(space.store + "/cache/tmp").isEmpty, "nothing is left of the folders that stood in")
    }

    @Test("A folder with all below it; a symlink as itself; a glob by its matches")
    func trees() throws {
        let space = try Workspace("trees")
        let script = """
            mkdir -p /out/tree/sub; echo a >/out/tree/a.txt; echo b >/out/tree/sub/b.txt; ln -s /etc/passwd /out/tree/link
            echo x >/out/x.log; echo y >/out/y.log; echo z >/out/z.txt; mkdir -p /out/deep/er; echo w >/out/deep/er/w.log
            """
        let (run, _) = try space.exec([
            "command": ["/bin/sh", "-c", .string(script)], "mounts": [["tmpfs": "/out"]],
            "outputs": ["/out/tree", "/out/*.log", "/out/**/w.log", "/out/none*"],
        ])
        #expect(run.code == 0, "\(run)")
        let expected = [
            ["/out/tree", "/out/tree/a.txt", "/out/tree/link", "/out/tree/sub", "/out/tree/sub/b.txt"],
            ["/out/x.log", "/out/y.log"], ["/out/deep/er/w.log"], [],
        ]
        #expect(try files(space).map { $0.sorted() } == expected)
        let outputs = try space.artefact("6-collect/captures.json")["outputs"]?.arrayValue ?? []
        #expect(outputs.map { $0["missing"] } == [false, false, false, true])
        let link = outputs.first?["files"]?.arrayValue?.first { $0["path"] == "/out/tree/link" }
        #expect(link?["kind"] == "symlink")
        #expect(link?["target"] == "/etc/passwd")
        #expect(
            try space.tool(["cat", "last", "6-collect/outputs.tar/out/tree/link"]).code == 2,
            "no file of the host"
        )
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/out/tree/sub/b.txt"]).text == "b\n")
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/out/absent"]).code == 2)
    }

    @Test("A plain tar reads the outputs")
    func plainTar() throws {
        let space = try Workspace("plaintar")
        #expect(try space.tool(["run", "--output", "/tmp/r", "--", "/bin/sh", "-c", "echo hello >/tmp/r"]).code == 0)
        let tar = try space.tool(["cat", "last", "6-collect/outputs.tar"])
        let list = try Program.run(["/bin/tar", "-tf", "-"], in: "/", environment: [:], stdin: tar.output)
        #expect(list.text.split(separator: "\n").contains("tmp/r"), "\(list)")
        let body = try Program.run(["/bin/tar", "-xOf", "-", "tmp/r"], in: "/", environment: [:], stdin: tar.output)
        #expect(body.text == "hello\n")
    }

    @Test("A missing one is recorded, and they are collected after a failure too")
    func missingAndFailed() throws {
        let space = try Workspace("missing")
        let (run, _) = try space.recorded(
            [
                "run", "--output", "/tmp/absent", "--output", "/tmp/there", "--", "/bin/sh", "-c",
                "echo x >/tmp/there; exit 6",
            ]
        )
        #expect(run.code == 6)
        let outputs = try space.artefact("6-collect/captures.json")["outputs"]?.arrayValue ?? []
        #expect(outputs.map { $0["missing"] } == [true, false])
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/tmp/there"]).text == "x\n")
    }

    @Test("A tmpfs with outputs that outgrows its size ends the run with output-limit")
    func outputLimit() throws {
        let space = try Workspace("outlimit")
        let (run, record) = try space.exec([
            "command": ["/bin/sh", "-c", "while :; do head -c 100000 /dev/zero >>/out/big || sleep 0.1; done"],
            "mounts": [["tmpfs": "/out", "size": "256K"]], "outputs": ["/out/small"],
        ])
        #expect(run.code == 137, "\(run)")
        #expect(record?["reason"] == "output-limit")
        #expect(record?["failure"]?["domain"] == "limit")
        #expect(try Folder.names(space.store + "/cache/tmp").isEmpty)
    }

    @Test("Two runs of the same outputs have the same bytes")
    func deterministic() throws {
        let space = try Workspace("sametar")
        var digests: Set<String> = []
        for _ in 0..<2 {
            let script = "umask 022; mkdir /tmp/o; echo b >/tmp/o/b; echo a >/tmp/o/a"
            #expect(try space.tool(["run", "--output", "/tmp/o", "--", "/bin/sh", "-c", script]).code == 0)
            let stages = try space.json(["inspect", "--json"])["stages"]?.arrayValue ?? []
            digests.insert(try #require(stages.last?["files"]?["outputs.tar"]?["digest"]?.stringValue))
        }
        #expect(digests.count == 1)
    }
}
