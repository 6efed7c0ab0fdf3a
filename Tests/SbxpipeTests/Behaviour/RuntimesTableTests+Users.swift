import HostFiles
import JSONText
import TestSupport
import Testing

/// A host whose users have subordinate ids, as root shows it to one test; as it is to an ordinary user who has some.
private struct SubordinateHost {
    /// Words of a shell that show it in a mount namespace; nil where the host is taken as it is.
    let preparation: String?
    /// The host's id of id 1 inside.
    let first: UInt32

    /// Root's first 65,536 are those of an ordinary user too, whom newuidmap(1) wants to have a name.
    ///
    /// What is shown lies in the lab's folder.
    init(_ lab: RuntimeLab, count: Int = 65_536) throws {
        let identity = HostIdentity.current()
        guard identity.isRoot else {
            preparation = nil
            first = SubordinateIDs.ofHost(name: Self.name(of: identity), identity: identity).users.last?.outside ?? 0
            return
        }
        first = 1_000_000
        let text = "root:\(first):\(count)\nsub4321:\(first):\(count)\n"
        let ids = try lab.space.folder.write(text, to: "host/ids\(count)")
        let passwd = String(decoding: try FileContent.read("/etc/passwd", limit: 1 << 20), as: UTF8.self)
        let users = try lab.space.folder.write(passwd + "sub4321:x:4321:4321::/:/bin/sh\n", to: "host/passwd")
        preparation =
            "mount --bind \(ids) /etc/subuid && mount --bind \(ids) /etc/subgid && mount --bind \(users) /etc/passwd"
    }

    private static func name(of identity: HostIdentity) -> String {
        Accounts.ofHost().user(identity.user)?.name ?? String(identity.user)
    }

    /// Columns that can have one here.
    static var columns: [RuntimeColumn] {
        let identity = HostIdentity.current()
        let ids = SubordinateIDs.ofHost(name: name(of: identity), identity: identity)
        let isPossible =
            Requirements.has("newuidmap") && (identity.isRoot || ids.users.count == 2 && ids.groups.count == 2)
        return isPossible ? RuntimeColumn.sandboxes.filter { !$0.isGVisor } : []
    }
}

extension RuntimesTableTests {
    private static let powers: JSONValue = [
        "capabilities": ["add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]]
    ]

    /// A spec whose command runs in a folder that everybody may write, beside one whose owner is not mapped.
    private func spec(_ script: String, _ user: JSONValue, _ foreign: TemporaryFolder) -> JSONValue {
        [
            "command": ["/bin/sh", "-c", .string(script)], "workdir": "/out", "user": user, "security": Self.powers,
            "mounts": [
                ["bind": "open", "at": "/out", "mode": "rw"],
                ["bind": .string(foreign("folder")), "at": "/foreign", "mode": "rw"], ["tmpfs": "/scratch"],
            ],
            "outputs": ["/scratch/**"],
        ]
    }

    private func foreign(_ column: RuntimeColumn) throws -> TemporaryFolder {
        let made = try TemporaryFolder("foreign")
        try made.write("foreign\n", to: "folder/file")
        // Root's own are an ordinary user's to leave alone; to root, another's are.
        if Requirements.isRoot, !column.isOrdinary {
            let change = try Program.run(["/bin/chown", "-R", "1:1", made("folder")], in: "/", environment: [:])
            #expect(change.code == 0, "\(change)")
        }
        return made
    }

    private func owners(_ path: String) throws -> [UInt32]? {
        try FileStatus.of(path).map { [$0.owner, $0.group] }
    }

    @Test("Inside, 0 is the caller and the other ids are its subordinate ones", arguments: SubordinateHost.columns)
    func subordinateIDs(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let host = try SubordinateHost(lab)
        let foreign = try foreign(column)
        try lab.space.folder.folder("work/open", mode: 0o777)
        try lab.space.giveAway()
        let script = """
            id -u; id -g; ls /proc/self/fd | tr '\\n' ' '; tail -n 1 /proc/self/uid_map | tr -s ' ' | cut -d ' ' -f 2,4
            touch a b; chown 5:6 b; stat -c %u:%g a b
            (echo x >>/foreign/file) 2>/dev/null && echo wrote; chown 0 /foreign/file 2>/dev/null && echo took
            rm -f /foreign/file 2>/dev/null; (echo >/foreign/new) 2>/dev/null && echo made; cat /foreign/file
            umask 077; mkdir -p /scratch/deep; echo kept >/scratch/deep/kept
            setpriv --reuid 33 --regid 33 --clear-groups sh -c 'id -u; id -G; mkdir /scratch/w; echo 33 >/scratch/w/f'
            chmod 500 /scratch/w
            """
        let (run, record) = try lab.exec(spec(script, ["map": "subids"], foreign), prepared: host.preparation)
        #expect(run.code == 0, "\(run)")
        let shown = "0\n0\n0 1 2 3 1 65536\n0:0\n5:6\nforeign\n33\n33\n"
        if Requirements.isRoot { #expect(run.text == shown, "\(run)") }
        let caller = try owners(lab.space.work + "/open")
        #expect(try owners(lab.space.work + "/open/a") == caller)
        #expect(try owners(lab.space.work + "/open/b") == [host.first + 4, host.first + 5])
        #expect(try foreign.read("folder/file") == "foreign\n")
        #expect(try lab.artefact("6-collect/outputs.tar/scratch/deep/kept") == Array("kept\n".utf8))
        #expect(try lab.artefact("6-collect/outputs.tar/scratch/w/f") == Array("33\n".utf8))
        #expect(try Folder.names(lab.space.store + "/cache/tmp").isEmpty, "a folder of other ids is left")
        func slot(_ name: String) -> [String] {
            let slot = record?["slots"]?.arrayValue?.first { $0["name"]?.stringValue == name }
            return (slot?["value"]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        #expect(slot("user-ids").last?.hasPrefix("1:\(host.first):") == true, "\(record?.pretty() ?? "")")
        #expect(slot("newuidmap").first?.hasSuffix("/newuidmap") == (column.isOrdinary ? true : nil))

        // Another id than 0 is none of the caller's: what it makes is its own, the terminals and secrets included.
        try lab.space.write("a secret of some length\n", to: "key")
        let other = """
            id -u; id -un; id -g; ls /proc/self/fd | tr '\\n' ' '; touch c /tmp/c; stat -c %u:%g c /tmp/c; cat /run/key
            grep -E '^Cap(Prm|Eff)' /proc/self/status; chown 9:9 c; stat -c %u:%g c
            """
        var second = spec(other, ["uid": 1000, "gid": 7, "map": "subids"], foreign).objectValue ?? [:]
        second["secrets"] = ["KEY": ["file": "key", "at": "/run/key"]]
        let (made, _) = try lab.exec(.object(second), prepared: host.preparation)
        let name = column.user.map { _ in "sub4321" } ?? "root"
        if Requirements.isRoot {
            #expect(
                made.text
                    == """
                    1000
                    \(name)
                    7
                    0 1 2 3 1000:7
                    1000:7
                    a secret of some length
                    CapPrm:\t00000000000005eb
                    CapEff:\t00000000000005eb
                    9:9

                    """,
                "\(made)"
            )
        }
        #expect(made.code == 0, "\(made)")
        #expect(try owners(lab.space.work + "/open/c") == [host.first + 8, host.first + 8])
    }

    @Test("Of a killed tool no process is left in a user namespace of its own", arguments: SubordinateHost.columns)
    func killedInNamespace(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let run = try lab.script(
            """
            for user in \(column.runtime == "bwrap" ? "0 33" : "33"); do
                flags="--set user.map=subids --set user.uid=$user"
                sbx run $flags -- /bin/sh -c "(setsid sleep $MARK >/dev/null 2>&1 &); exit 3" >out 2>err
                [[ $? == 3 && ! -s out && ! -s err ]] || problem "exit 3: $(cat out err)"; nothing_left "user $user"
                started k$user $flags -- /bin/sh -c "(setsid sleep $MARK >/dev/null 2>&1 &); $UP"
                kill -9 $run; wait $run
                sbx run -- /bin/true >out 2>err || problem "the next start: $(cat out err)"
                nothing_left "a killed tool of user $user"
            done
            grep -l sbxpipe-holder /proc/[0-9]*/comm && problem "a holder is left"
            exit 0
            """,
            prepared: SubordinateHost(lab).preparation
        )
        expectSilent(run)
    }

    @Test(
        "No ids, too few, or nothing that may map them is 125, with the field and what to do",
        arguments: SubordinateHost.columns.filter { $0.user != nil || Requirements.isRoot }
    )
    func noSubordinateIDs(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let flags = ["--set", "user.map=subids", "--set", "user.uid=1000"] + column.flags
        func refused(_ words: [String], _ prepared: String?, _ parts: String...)
            throws
        {
            let run = try lab.start(words + [Tool.path, "run"] + flags + ["--", "/bin/true"], prepared: prepared)
            #expect(run.code == 125 && run.output.isEmpty && run.errorLines.count <= 2, "\(run)")
            for part in ["user.map: "] + parts { #expect(run.errorText.contains(part), "\(part): \(run)") }
        }
        let none = "mount --bind \(try lab.space.folder.write("", to: "host/none")) /etc/subuid"
        try refused([], none, "/etc/subuid gives the caller no ids", "usermod --add-subuids")
        let few = try SubordinateHost(lab, count: 999).preparation
        try refused([], few, "gives the caller 999 ids, and user.uid 1000 is beyond them")
        guard column.isOrdinary else { return }
        let bare = try lab.space.makeFolder("bare")
        for program in [column.runtime, "tini-static"] {
            for folder in ["/usr/bin/", "/usr/sbin/"] where FileMode.mayExecute(folder + program) {
                _ = try? Folder.link(bare + "/" + program, to: folder + program)
            }
        }
        let host = try SubordinateHost(lab).preparation
        try refused(["/usr/bin/env", "PATH=" + bare], host, "newuidmap is not on PATH", "package uidmap")
    }

    @Test(
        "What one runtime can't map another does, and it is the same sandbox to all",
        .enabled(if: Requirements.isRoot)
    )
    func mappedElsewhere() throws {
        let column = try #require(SubordinateHost.columns.first { $0.runtime == "bwrap" && !$0.isOrdinary })
        let lab = try RuntimeLab.of(column)
        let host = try SubordinateHost(lab).preparation
        func auto(_ words: [String]) throws -> ToolRun {
            let flags = ["--set", "user.map=subids", "--set", "user.uid=1000"] + words
            return try lab.start([Tool.path, "run"] + flags + ["--", "/usr/bin/id", "-u"], prepared: host)
        }
        for words in [["--set", "namespaces.pid=false"], ["--set", "resources.rlimits.nofile=20"]] {
            let run = try auto(words)
            #expect(run.code == 0 && run.text == "1000\n", "\(run)")
            #expect(run.errorLines.count == 1 && run.errorText.contains("runtime runc is used: user.map: "), "\(run)")
        }
        var digests: Set<String> = []
        for column in SubordinateHost.columns {
            let lab = try RuntimeLab.of(column)
            try lab.space.spec([
                "command": ["/bin/true"], "user": ["uid": 3, "map": "subids"], "env": ["inherit": false],
            ])
            let words = [Tool.path, "plan", "sandbox.json", "--json"] + column.flags
            let plan = try lab.start(words, prepared: host)
            digests.insert(try plan.json()["portable"]?.stringValue ?? "\(plan)")
        }
        #expect(digests.count == 1, "\(digests)")
    }
}
