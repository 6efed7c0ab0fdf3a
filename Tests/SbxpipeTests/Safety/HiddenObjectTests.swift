import HostFiles
import TestSupport
import Testing

/// What is hidden is hidden as an object: under every name that a mount gives it (SPEC.md, hide and readonly).
@Suite(.enabled(if: Requirements.has("bwrap")))
struct HiddenObjectTests {
    /// A project with a hidden folder in it.
    private func project(_ user: UInt32?) throws -> SafetyLab {
        let lab = try SafetyLab(user)
        try lab.folder.write("TOPSECRET", to: "p/hidden/child/file")
        try lab.folder.write("open", to: "p/open/file")
        try lab.folder.write("TOPSECRET", to: "p/file")
        _ = try Folder.link(lab.folder("p/link"), to: "hidden")
        _ = try Folder.link(lab.folder("p/open/link"), to: "../hidden/child")
        try lab.folder.folder("p/alias")
        try lab.own()
        return lab
    }

    @Test("a hidden folder is empty under both binds that show it", arguments: Requirements.users)
    func twoBinds(user: UInt32?) throws {
        let lab = try project(user)
        let p = lab.folder("p")
        let run = try lab.inside(
            """
            cat /a/hidden/child/file /b/hidden/child/file /a/link/child/file /a/open/link/file
            find /a /b; cat /a/open/file
            """,
            ["-v", "\(p):/a:ro", "-v", "\(p):/b:rw", "--hide", "/a/hidden"]
        )
        expectUnseen("TOPSECRET", run)
        #expect(!run.text.contains("/hidden/child"))
        #expect(run.text.hasSuffix("open") && run.code == 0, "\(run)")
    }

    @Test("a bind of a child of the hidden folder at another place is hidden too", arguments: Requirements.users)
    func childBind(user: UInt32?) throws {
        let lab = try project(user)
        let p = lab.folder("p")
        let flags = ["-v", "\(p):/a:ro", "-v", "\(p)/hidden/child:/c:rw", "-v", "\(p)/hidden/child/file:/d:ro"]
        let run = try lab.inside("cat /c/file; cat /d; ls -A /c", flags + ["--hide", "/a/hidden"])
        expectUnseen("TOPSECRET", run)
        #expect(run.text.isEmpty, "\(run)")
    }

    @Test("hide through a symlink hides what it leads to", arguments: Requirements.users)
    func symlink(user: UInt32?) throws {
        let lab = try project(user)
        let run = try lab.inside(
            "cat /a/hidden/child/file /a/link/child/file",
            ["-v", "\(lab.folder("p")):/a:ro", "--hide", "/a/link"]
        )
        expectUnseen("TOPSECRET", run)
        #expect(run.code != 0)
    }

    @Test("a hidden file can't be opened, moved, linked or replaced", arguments: Requirements.users)
    func file(user: UInt32?) throws {
        let lab = try project(user)
        let run = try lab.inside(
            """
            cat /a/file; cp /a/file /a/copy; cat /a/copy; ln /a/file /a/hard; cat /a/hard
            mv /a/file /a/moved; cat /a/moved
            rm -f /a/file; mv -f /a/open/file /a/file; cat /b/file; echo x > /a/file
            """,
            ["-v", "\(lab.folder("p")):/a:rw", "-v", "\(lab.folder("p")):/b:ro", "--hide", "/a/file"]
        )
        expectUnseen("TOPSECRET", run)
        #expect(try lab.folder.read("p/file") == "TOPSECRET")
    }

    @Test("the folder above a hidden one can't be renamed to uncover it", arguments: Requirements.users)
    func renameAbove(user: UInt32?) throws {
        let lab = try project(user)
        let run = try lab.inside(
            """
            mv /a/hidden /a/x; cat /a/x/child/file
            mv /a/p /a/q; cat /a/q/hidden/child/file /a/q/file; rmdir /a/p/hidden; rm -rf /a/p/hidden; ls -A /a
            """,
            ["-v", "\(lab.folder.path):/a:rw", "--hide", "/a/p/hidden", "--hide", "/a/p/file"]
        )
        expectUnseen("TOPSECRET", run)
        #expect(try lab.folder.read("p/hidden/child/file") == "TOPSECRET")
    }

    @Test("a hidden folder has no other name by a bind mount of the host", .enabled(if: Requirements.isRoot))
    func hostAlias() throws {
        let lab = try project(nil)
        let run = try lab.mounting(
            """
            mount --bind p/hidden p/alias
            "$SBX" run -v "$PWD/p:/a:ro" --hide /a/hidden -- cat /a/alias/child/file /a/hidden/child/file || true
            """
        )
        expectUnseen("TOPSECRET", run)
        #expect(run.errorText.contains("No such file"), "\(run)")
    }

    @Test("a bind mount of the host below the hidden folder is hidden too", .enabled(if: Requirements.isRoot))
    func hostAliasOfChild() throws {
        let lab = try project(nil)
        let run = try lab.mounting(
            """
            mount --bind p/hidden/child p/alias
            "$SBX" run -v "$PWD/p:/a:ro" --hide /a/hidden -- cat /a/alias/file || true
            """
        )
        expectUnseen("TOPSECRET", run)
    }

    @Test(
        "a file system mounted below the hidden folder is hidden where else it is mounted",
        .enabled(if: Requirements.isRoot)
    )
    func hostAliasOfSubmount() throws {
        let lab = try project(nil)
        let run = try lab.mounting(
            """
            mount -t tmpfs none p/hidden/child; echo TOPSECRET > p/hidden/child/file
            mount --bind p/hidden/child p/alias
            "$SBX" run -v "$PWD/p:/a:ro" --hide /a/hidden -- cat /a/alias/file || true
            """
        )
        expectUnseen("TOPSECRET", run)
    }

    /// A project where the root of the sandbox does not show it: elsewhere than in /tmp, which is empty inside.
    @Test(
        "hide by a host path that the root does not show reaches the bind or is refused",
        .enabled(if: Requirements.isRoot)
    )
    func hostPathOutsideTheRoot() throws {
        let lab = try project(nil)
        let run = try lab.mounting(
            """
            mkdir -p /srv; mount -t tmpfs none /srv; mkdir /srv/p; echo TOPSECRET > /srv/p/file
            "$SBX" run --preset restricted -v /srv/p:/a:ro --hide /srv/p/file -- cat /a/file || true
            """
        )
        expectUnseen("TOPSECRET", run)
    }

    @Test("hide below the home of root, itself hidden, reaches a bind of it", .enabled(if: Requirements.isRoot))
    func belowRootsHome() throws {
        let lab = try project(nil)
        let run = try lab.mounting(
            """
            mount -t tmpfs none /root; mkdir /root/p; echo TOPSECRET > /root/p/file; echo kept > /root/p/kept
            HOME=/root "$SBX" run -v /root/p:/a:rw --hide '~/p/file' -- cat /a/file || true
            HOME=/root "$SBX" run -v /root/p:/a:rw --readonly '~/p/kept' -- sh -c 'echo CHANGED > /a/kept' || true
            cat /root/p/kept
            """
        )
        expectUnseen("TOPSECRET", run)
        expectUnseen("CHANGED", run)
    }

    @Test(
        "hide of a path that is not there, where the command could make it, is refused",
        arguments: Requirements.users
    )
    func missing(user: UInt32?) throws {
        let lab = try project(user)
        let flags = ["-v", "\(lab.folder("p")):/a:rw", "--hide", "/a/none"]
        expectRefused(try lab.inside("true", flags), 125, "mounts[1].hide", "/a/none")
        #expect(try FileStatus.of(lab.folder("p/none")) == nil)
    }
}
