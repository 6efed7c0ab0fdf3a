import HostFiles
import TestSupport
import Testing

/// Nothing is written but where the plan says so (SAFETY.md, promises 1 and 11).
@Suite(.enabled(if: Requirements.has("bwrap")))
struct WriteProtectionTests {
    @Test("a readonly path can't be written, also under another bind", arguments: Requirements.users)
    func readonly(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("kept", to: "p/git/config")
        try lab.folder.write("kept", to: "p/file")
        try lab.own()
        let before = try SafetyLab.listing(lab.folder("p/git"))
        let p = lab.folder("p")
        let run = try lab.inside(
            """
            for f in /a/git/config /b/git/config /c/config /a/file /b/file /d
            do echo CHANGED > $f; rm -f $f; chmod 777 $f; done
            touch /a/git/new /b/git/new /c/new; mv /a/git /a/x; mv /b/git /b/y; rm -rf /a/git; ln /a/file /a/hard
            mount -o remount,rw,bind /a/git; umount /a/git; umount -l /a/file; echo CHANGED > /a/file; touch /a/works
            """,
            ["-v", "\(p):/a:rw", "-v", "\(p):/b:rw", "-v", "\(p)/git:/c:rw", "-v", "\(p)/file:/d:rw"]
                + ["--readonly", "/a/git", "--readonly", "/a/file"]
        )
        #expect(try SafetyLab.listing(lab.folder("p/git")) == before, "\(run)")
        #expect(try lab.folder.read("p/file") == "kept")
        #expect(try FileStatus.of(lab.folder("p/works")) != nil, "\(run)")
        #expect(try FileStatus.of(lab.folder("p/hard")) == nil)
    }

    @Test("a submount below a read-only bind or path can't be written", .enabled(if: Requirements.isRoot))
    func submount() throws {
        let lab = try SafetyLab()
        try lab.folder.folder("p/sub")
        let run = try lab.mounting(
            """
            mount -t tmpfs none p/sub; mkdir p/sub/deep; mount -t tmpfs none p/sub/deep
            "$SBX" run -v "$PWD/p:/p:ro" -- \
                sh -c 'echo x > /p/sub/file; echo x > /p/sub/deep/file; echo x > /p/file' || true
            "$SBX" run -v "$PWD/p:/p:rw" --readonly /p/sub -- sh -c 'echo x > /p/sub/a; echo x > /p/sub/deep/b' || true
            "$SBX" run -- sh -c "echo x > $PWD/p/sub/c" || true
            mkdir -p /srv; mount -t tmpfs none /srv; mkdir /srv/s; mount -t tmpfs none /srv/s
            "$SBX" run -- sh -c "echo x > /srv/s/d" || true
            find p /srv -type f
            """
        )
        #expect(run.text.isEmpty && run.code == 0, "\(run)")
        #expect(run.errorText.contains("Read-only file system"), "\(run)")
    }

    @Test("a submount below a read-only bind can't be written by an ordinary user", .enabled(if: Requirements.isRoot))
    func submountOfUser() throws {
        let lab = try SafetyLab(4321)
        try lab.folder.folder("p/sub")
        try lab.own()
        let run = try lab.mounting(
            """
            mount -t tmpfs -o mode=0777 none p/sub
            $AS "$SBX" run -v "$PWD/p:/p:ro" -- sh -c 'echo x > /p/sub/file' || true
            $AS "$SBX" run -v "$PWD/p:/p:rw" --readonly /p/sub -- sh -c 'echo x > /p/sub/file; echo x > /p/works'
            find p -type f
            """
        )
        #expect(run.text == "p/works\n", "\(run)")
        #expect(run.errorText.contains("Read-only file system"), "\(run)")
    }

    @Test("only the rw bind changes on the host", arguments: Requirements.users)
    func hostIsTheSame(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("x", to: "ro/file")
        try lab.folder.write("x", to: "rw/file")
        try lab.own()
        let places = ["/etc", "/usr/local", "/var/lib", "/home", lab.folder("ro")]
        let before = try places.map(SafetyLab.listing)
        let run = try lab.inside(
            """
            for d in / /etc /usr /usr/local /var /var/lib /home /opt /ro /root /boot /sys /proc
            do touch $d/ghost; mkdir $d/g; done
            rm -rf /ro/file /etc/hostname; chmod -R 777 /etc/passwd /ro; mknod /etc/node p; echo x > /rw/new; echo ok
            """,
            [
                "-v", lab.folder("ro") + ":/ro:ro", "-v", lab.folder("rw") + ":/rw:rw", "--tmpfs", "/tmp/a/b",
                "--tmpfs", "/made",
            ]
        )
        #expect(run.text == "ok\n", "\(run)")
        for (place, listing) in zip(places, before) {
            let isSame = try SafetyLab.listing(place) == listing
            #expect(isSame, "\(place) changed")
        }
        #expect(try FileStatus.of("/ghost") == nil && FileStatus.of("/made") == nil)
        #expect(try lab.folder.read("rw/new") == "x\n")
    }

    @Test("no mount point is made in a bound folder, under rw neither", arguments: Requirements.users, ["ro", "rw"])
    func noGhosts(user: UInt32?, mode: String) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write("x", to: "p/file")
        try lab.folder.write("x", to: "q/file")
        _ = try Folder.link(lab.folder("p/dangling"), to: "/nowhere/at/all")
        try lab.own()
        let before = try SafetyLab.listing(lab.folder("p"))
        let bind = ["-v", lab.folder("p") + ":/p:\(mode)"]
        for place in ["/p/new", "/p/new/deep", "/p/dangling", "/p/dangling/x"] {
            let run = try lab.inside("true", bind + ["-v", lab.folder("q") + ":\(place):ro"])
            expectRefused(run, 125, "mounts[1]", place)
            expectRefused(try lab.inside("true", bind + ["--tmpfs", place]), 125, "mounts[1]", place)
            expectRefused(try lab.inside("true", bind + ["-w", place]), 125, "workdir")
        }
        #expect(try SafetyLab.listing(lab.folder("p")) == before)
    }
}
