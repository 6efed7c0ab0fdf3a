import HostFiles
import TestSupport
import Testing

/// What of the host must be out of reach: sockets, the store, the key, other people's files, the spec.
@Suite(.enabled(if: Requirements.has("bwrap")))
struct HostReachTests {
    /// Connects to each path given, and says of each whether somebody answers.
    private static let connect = """
        import socket, sys
        for path in sys.argv[1:]:
            try:
                s = socket.socket(socket.AF_UNIX); s.connect(path); print(path, "REACHED", s.recv(9))
            except OSError as error: print(path, error.strerror)
        """
    /// Listens at each path given, answers `count` callers, runs a shell's words meanwhile.
    private static let listen = """
        import os, socket, subprocess, sys, threading
        for path in sys.argv[2:]:
            s = socket.socket(socket.AF_UNIX); s.bind(path); s.listen(9); os.chmod(path, 0o777)
            def answer(s=s):
                while True: s.accept()[0].send(b"hello")
            threading.Thread(target=answer, daemon=True).start()
        code = subprocess.call(["/bin/sh", "-c", sys.argv[1]])
        for path in sys.argv[2:]: os.unlink(path)
        sys.exit(code)
        """

    private func socketLab(_ user: UInt32?) throws -> SafetyLab {
        let lab = try SafetyLab(user)
        try lab.folder.write(Self.connect, to: "connect.py")
        try lab.folder.write(Self.listen, to: "listen.py")
        try lab.own()
        return lab
    }

    @Test("a socket in the caller's runtime folder can't be reached", arguments: Requirements.users)
    func runtimeSocket(user: UInt32?) throws {
        let lab = try socketLab(user)
        let folder = try lab.folder.folder("runtime", mode: 0o700)
        try lab.own()
        let script = """
            "$SBX" run -v "$PWD/connect.py:/c.py:ro" -- python3 /c.py \(folder)/s
            "$SBX" run --network host -v "$PWD/connect.py:/c.py:ro" -- python3 /c.py \(folder)/s
            python3 connect.py \(folder)/s
            """
        var variables = lab.environment
        variables["XDG_RUNTIME_DIR"] = folder
        variables["SBX"] = Tool.path
        let words = ["/usr/bin/python3", "listen.py", script, folder + "/s"]
        let run = try Program.run(words, in: lab.folder.path, environment: variables, user: user)
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 3 && !lines[0].contains("REACHED") && !lines[1].contains("REACHED"), "\(run)")
        #expect(lines.last?.contains("REACHED") == true, "the listener works: \(run)")
    }

    @Test("a socket under the host's /run can't be reached", .enabled(if: Requirements.isRoot))
    func runSocket() throws {
        let lab = try socketLab(nil)
        let run = try lab.mounting(
            """
            cat > inner.sh <<'END'
            set -- /run/sbx-t.sock /var/run/sbx-t.sock /tmp/sbx-t.sock
            "$SBX" run -v "$PWD/connect.py:/c.py:ro" -- python3 /c.py "$@"
            python3 connect.py /run/sbx-t.sock
            END
            mount -t tmpfs none /run
            python3 listen.py ". ./inner.sh" /run/sbx-t.sock
            """
        )
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 4 && lines.dropLast().allSatisfy { !$0.contains("REACHED") }, "\(run)")
        #expect(lines.last?.contains("REACHED") == true, "the listener works: \(run)")
    }

    @Test("a socket under /run has no other name by a bind mount of the host", .enabled(if: Requirements.isRoot))
    func runAlias() throws {
        let lab = try socketLab(nil)
        let run = try lab.mounting(
            """
            mount -t tmpfs none /run; mount -t tmpfs none /srv; mkdir /srv/run; mount --bind /run /srv/run
            cat > inner.sh <<'END'
            "$SBX" run -v "$PWD/connect.py:/c.py:ro" -- python3 /c.py /srv/run/sbx-t.sock
            END
            python3 listen.py ". ./inner.sh" /run/sbx-t.sock
            """
        )
        #expect(!run.text.contains("REACHED"), "\(run)")
    }

    @Test("the store and the machine's key are not to be seen under any bind", arguments: Requirements.users)
    func store(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("p")
        try lab.own()
        _ = try lab.tool(["run", "--", "true"])
        let all = lab.folder.path
        let store = ["--store", all + "/p/store"]
        _ = try lab.tool(["run"] + store + ["--", "true"])
        for flags in [
            ["-v", "\(all):/x:ro"], ["-v", "\(all):/x:rw"], ["-v", "\(lab.home):/x/:rw", "-v", "\(all):/y:rw"],
            store + ["-v", "\(all)/p:/x:rw", "-v", "\(all):/y:rw"],
        ] {
            // The other store is no matter of a run that does not use it.
            let mine = flags.contains("--store") ? "" : "-path '*/p/store' -prune -o"
            let run = try lab.inside(
                """
                find /x /y \(mine) \\
                    '(' -name key -o -name blobs -o -name CACHEDIR.TAG -o -name last -o -path '*sbxpipe/*/*' ')' -print
                for d in $(find /x /y \(mine) \\
                    '(' -path '*sbxpipe' -o -path '*/store/cache' -o -path '*/store/stages' ')' -print); do
                    find $d -mindepth 2; touch $d/FORGED; umount $d; umount -l $d
                    mv $d $d.x; rmdir $d; rm -rf $d; done 2>/dev/null
                for d in /x /y; do mv $d/home $d/h; mv $d/.state $d/s; mv $d/.cache $d/c; mv $d/home/.state $d/home/s
                    [ -z "\(mine)" ] && mv $d/store $d/st && mv $d/p $d/pp; done 2>/dev/null
                find /x /y -name key 2>/dev/null
                """,
                flags
            )
            #expect(run.text.isEmpty, "\(flags): \(run)")
            #expect(try FileStatus.of(lab.state + "/key")?.kind == .file, "\(flags)")
            #expect(try FileStatus.of(lab.store + "/cache/blobs")?.kind == .folder, "\(flags)")
        }
        #expect(try FileStatus.of(all + "/p/store/cache/blobs")?.kind == .folder)
        let run = try lab.inside("ls -A /x\(lab.store)/cache /x\(lab.store)/stages /x\(lab.state)", ["-v", "/:/x:ro"])
        #expect(!run.text.contains("key") && !run.text.contains("blobs"), "\(run)")
    }

    @Test("no mount of the store or what lies in it is taken", arguments: Requirements.users)
    func storeAsSource(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        _ = try lab.tool(["run", "--", "true"])
        _ = try Folder.link(lab.folder("link"), to: lab.store + "/cache")
        for source in ["/cache", "/cache/blobs/sha256", "/stages", ""].map({ lab.store + $0 }) + [
            lab.state, lab.folder("link"),
        ] {
            for mode in ["ro", "rw"] {
                let run = try lab.inside("true", ["-v", "\(source):/x:\(mode)"])
                if source == lab.store { continue }
                expectRefused(run, 125, "mounts[0]", "store")
            }
        }
    }

    @Test(
        "root's files, shadow files and other homes are not to be seen, as root neither",
        .enabled(if: Requirements.isRoot)
    )
    func otherPeople() throws {
        for user in Requirements.users {
            let lab = try SafetyLab(user)
            let run = try lab.mounting(
                """
                mount -t tmpfs none /home; mkdir -p /home/someone /home/other
                echo TOPSECRET > /home/someone/file; echo TOPSECRET > /home/other/file
                mount -t tmpfs none /root; echo TOPSECRET > /root/file
                mkdir -p etc upper work; mount -t tmpfs none etc; cp -a /etc/. etc; mount --bind etc /etc
                for f in shadow shadow- gshadow gshadow- security/opasswd ssh/ssh_host_ed25519_key ssh/ssh_host_rsa_key
                do
                    mkdir -p $(dirname /etc/$f); echo TOPSECRET > /etc/$f; chmod 644 /etc/$f; done
                chmod 755 /root
                $AS "$SBX" run -v /etc:/e:ro -- sh -c '
                    cat /home/*/file /root/file /etc/shadow* /etc/gshadow* /etc/security/opasswd /etc/ssh/*_key
                    cat /e/shadow* /e/gshadow* /e/security/opasswd /e/ssh/*_key; ls -A /home/someone /root' || true
                $AS "$SBX" run --preset restricted -- sh -c 'cat /etc/shadow* /etc/ssh/*_key; ls /home /root' || true
                """
            )
            expectUnseen("TOPSECRET", run)
            #expect(!run.text.contains("file") && run.errorText.contains("/etc/shadow"), "\(run)")
        }
    }

    @Test("a home that is a symlink is hidden where it leads to", .enabled(if: Requirements.isRoot))
    func linkedHome() throws {
        let lab = try SafetyLab()
        let run = try lab.mounting(
            """
            mount -t tmpfs none /srv; mkdir /srv/someone; echo TOPSECRET > /srv/someone/file
            mount -t tmpfs none /home; ln -s /srv/someone /home/someone
            "$SBX" run -- cat /home/someone/file /srv/someone/file || true
            """
        )
        expectUnseen("TOPSECRET", run)
    }

    @Test("root can't undo a cover, mount, make nodes, or get at the host's namespaces", arguments: Requirements.users)
    func privilegedCalls(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("TOPSECRET", to: "p/hidden/file")
        try lab.own()
        let run = try lab.inside(
            """
            umount /p/hidden; umount -l /p/hidden; umount -R /p; umount -a; umount -l /tmp; umount -l /run; umount -l /
            mount -o remount,rw /; mount -o remount,bind,rw /etc; mount --bind /p /mnt; mount -t tmpfs none /mnt
            mount --move /p/hidden /mnt; mount -t proc none /mnt; mount /dev/vda /mnt; mount --make-rprivate /
            mknod /p/disk b 254 0; mknod /p/null c 1 3; mknod /tmp/kmem c 1 2; ls -A /p/hidden; cat /p/hidden/file
            nsenter -t 1 -m -- true && echo ENTERED; nsenter -m/proc/1/ns/mnt -- true && echo ENTERED
            chroot / true && echo CHROOT; hostname other; hostname; echo 1 > /proc/sysrq-trigger; cat /p/hidden/file
            unshare -Urm sh -c 'umount /p/hidden; umount -l /p/hidden; mount --bind /p /mnt; cat /mnt/hidden/file'
            unshare -Um sh -c 'umount /p/hidden; umount -l /p/hidden; mount --bind /p /mnt; cat /mnt/hidden/file'
            ls /dev/vda /dev/sda /dev/mem /dev/kmsg /dev/port
            """,
            ["-v", lab.folder("p") + ":/p:rw", "--hide", "/p/hidden"]
        )
        expectUnseen("TOPSECRET", run)
        #expect(run.text == "sandbox\n", "\(run)")
        #expect(try FileStatus.of(lab.folder("p/disk")) == nil && FileStatus.of(lab.folder("p/null")) == nil)
    }

    @Test("the spec can't be rewritten, renamed or removed from inside", arguments: Requirements.users)
    func spec(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let script =
            "for f in /p/a/b/s.json /q/b/s.json; do echo x > $f; echo x >> $f; mv $f $f.x; rm -f $f; ln $f /p/l; "
            + "chmod 666 $f; umount $f; done; mv /p/a/b /p/a/c; mv /p/a /p/c; mv /q/b /q/c; "
            + "rm -rf /p/a /q/b; cp /p/a/b/s.json /p/copy; "
            + "mv -f /p/copy /p/a/b/s.json; echo x > /p/works"
        let spec = """
            {"command": ["/bin/sh", "-c", "\(script)"],
             "mounts": [{"bind": "../..", "at": "/p", "mode": "rw"}, {"bind": "..", "at": "/q", "mode": "rw"}]}
            """
        let path = try lab.spec(spec, to: "p/a/b/s.json")
        let plan = try lab.tool(["plan", path])
        #expect(plan.code == 0, "\(plan)")
        let status = try FileStatus.of(path)
        for reference in [[path], ["s"], []] {
            let run = try lab.tool(["exec"] + reference)
            #expect(run.code == 0, "\(run)")
            #expect(try lab.folder.read("p/works") == "x\n")
            #expect(try FileStatus.of(path) == status, "\(run)")
            #expect(try lab.folder.read("p/a/b/s.json") == spec)
            try Folder.removeFile(lab.folder("p/works"))
        }
    }
}
