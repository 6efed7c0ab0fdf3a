import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Outputs made to confuse", .tags(.large), .serialized, .sharingLabs)
struct OutputTreeTests {
    @Test("Links, loops, FIFOs, sockets and odd names, of a command that is killed", arguments: RuntimeColumn.sandboxes)
    func tree(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        try lab.space.makeFolder("bound")
        let script = #"""
            for o in /o /bound; do
                cd $o; umask 022; ln -s /etc/shadow shadow; ln -s . loop; ln -s ../.. up; ln -s gone gone; mkfifo fifo; mkdir -p d/e
                perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("socket"))'
                echo odd >"$(printf 'n\377')"; echo late >d/e/late
            done
            (setsid sh -c 'while :; do echo x >>/o/grows; done' &) >/dev/null 2>&1
            sleep 0.1; kill -9 $$; kill -9 -1; exit 9
            """#
        let (run, record) = try lab.exec([
            "command": ["/bin/sh", "-c", .string(script)], "init": true,
            "mounts": [["tmpfs": "/o", "size": "64M"], ["bind": "bound", "at": "/bound", "mode": "rw"]],
            "outputs": ["/o", "/bound/**"],
        ])
        #expect(run.code == 137, "\(run)")
        #expect(record?["survivors"] == 0)
        let outputs = try lab.space.artefact("6-collect/outputs.json")["outputs"]?.arrayValue ?? []
        for (output, top) in zip(outputs, ["/o", "/bound"]) {
            var kinds: [String: String] = [:]
            for file in output["files"]?.arrayValue ?? [] {
                let path = file["path"]?.stringValue?.dropFirst(top.count + 1) ?? ""
                kinds[String(path)] =
                    (file["kind"]?.stringValue ?? "") + (file["target"]?.stringValue.map { " \($0)" } ?? "")
            }
            kinds[""] = nil
            kinds["grows"] = nil
            // gVisor makes neither of them in what is bound from the host.
            if column.isGVisor { kinds.merge(["socket": "socket", "fifo": "fifo"]) { $1 } }
            #expect(
                kinds == [
                    "shadow": "symlink /etc/shadow", "loop": "symlink .", "up": "symlink ../..", "gone": "symlink gone",
                    "fifo": "fifo", "socket": "socket", "d": "folder", "d/e": "folder", "d/e/late": "file",
                    "n\u{FFFD}": "file",
                ],
                "\(top)"
            )
        }
        let tar = try lab.space.tool(["cat", "last", "6-collect/outputs.tar"])
        let list = try Program.run(
            ["/bin/tar", "--quoting-style=escape", "-tf", "-"],
            in: "/",
            environment: [:],
            stdin: tar.output
        )
        #expect(list.text.contains("o/n\\377\n") && list.text.contains("bound/d/e/late\n"), "\(list)")
        #expect(!list.text.contains("fifo") && !list.text.contains("socket"), "\(list)")
        #expect(try lab.space.tool(["cat", "last", "6-collect/outputs.tar/bound/shadow"]).code == 2)
        _ = try Program.run(["/bin/rm", "-r", lab.space.folder("work/bound")], in: "/", environment: [:])
        #expect(try Folder.names(lab.space.store + "/cache/tmp").isEmpty)
    }

    @Test("What the command made unreadable is noted with the reason, and nothing else is lost", .needsBubblewrap)
    func unreadable() throws {
        guard let user = Requirements.users.last ?? nil else { return }
        let lab = try RuntimeLab.of(RuntimeColumn(runtime: "bwrap", user: user))
        let script = "cd /o; echo a >a; echo b >b; mkdir -p d/e; echo c >d/e/c; chmod 0 a d; echo said"
        let (run, _) = try lab.exec([
            "command": ["/bin/sh", "-c", .string(script)], "mounts": [["tmpfs": "/o"]],
            "outputs": ["/o", "/o/d/**"], "cache": "always",
        ])
        #expect(run.code == 0 && run.text == "said\n", "\(run)")
        #expect(
            run.errorText.contains(
                "warning: output /o/a can't be read and is not kept: permission denied, nor 2 more\n"
            )
        )
        let outputs = try lab.space.artefact("6-collect/outputs.json")["outputs"]?.arrayValue ?? []
        let files = outputs.flatMap { $0["files"]?.arrayValue ?? [] }
        let found = files.map { file in
            (file["path"]?.stringValue ?? "") + (file["unread"]?.stringValue.map { " \($0)" } ?? "")
        }
        #expect(found == ["/o", "/o/a permission denied", "/o/b", "/o/d permission denied", "/o/d permission denied"])
        #expect(try lab.space.tool(["cat", "last", "6-collect/outputs.tar/o/b"]).text == "b\n")
        // Nor does such a run stand in for another.
        let again = try lab.space.tool(["exec", "last", "--reuse", "--fail-on-cache-miss"])
        #expect(again.code == 125, "\(again)")
    }

    @Test("100,000 files", .enabled(if: Requirements.areLong && Requirements.has("bwrap")))
    func many() throws {
        let space = try Workspace("many")
        let script =
            #"for $d (1..100) { mkdir "/o/$d"; for (1..1000) { open F, ">", "/o/$d/$_"; print F $_; close F } }"#
        let (run, _) = try space.exec([
            "command": ["perl", "-e", .string(script)], "mounts": [["tmpfs": "/o"]], "outputs": ["/o"],
        ])
        #expect(run.code == 0, "\(run)")
        let files =
            try space.artefact("6-collect/outputs.json")["outputs"]?.arrayValue?.first?["files"]?.arrayValue ?? []
        #expect(files.count == 100_101)
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/o/100/1000"]).text == "1000")
        #expect(try space.tool(["inspect", "last"]).code == 0)
    }
}
