import HostFiles
import TestSupport
import Testing

/// A command may make a user and a mount namespace, let go of all mounts there, and rename what is a mount point here:
/// rename(2) refuses mount points of the caller's own namespace alone.
@Suite(.enabled(if: Requirements.has("bwrap") && Requirements.has("python3")))
struct NestedNamespaceTests {
    /// Arguments: folder bound rw, name in it to be renamed, folder in it that takes it, `read` or `forge`.
    private static let attack = """
        import ctypes, os, platform, stat, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def check(result, what):
            if result != 0: sys.exit(what + ": " + os.strerror(ctypes.get_errno()))
        project, name, aside, goal = sys.argv[1:]
        check(libc.unshare(0x10000000 | 0x20000), "unshare")
        inner = os.open(project, os.O_RDONLY)
        check(libc.mount(b"none", b"/", None, 0x4000 | 1 << 18, None), "private")
        check(libc.mount((project + "/" + aside).encode(), b"/tmp", None, 4096, None), "bind")
        outer = os.open("/tmp", os.O_RDONLY)
        os.fchdir(outer)
        check(libc.syscall({"x86_64": 155, "aarch64": 41}[platform.machine()], b".", b"."), "pivot_root")
        check(libc.umount2(b".", 2), "umount")
        os.rename(name, aside + "/moved", src_dir_fd=inner, dst_dir_fd=inner)
        if goal == "forge":
            file = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=inner)
            os.write(file, b"FORGED")
        else:
            file = os.open("moved", os.O_RDONLY, dir_fd=outer)
            if stat.S_ISDIR(os.fstat(file).st_mode): file = os.open("file", os.O_RDONLY, dir_fd=file)
            print(os.read(file, 100))
        """

    private func lab(_ user: UInt32?) throws -> SafetyLab {
        let lab = try SafetyLab(user)
        try lab.folder.write(Self.attack, to: "attack.py")
        try lab.folder.write("TOPSECRET", to: "p/hidden/file")
        try lab.folder.write("TOPSECRET", to: "p/file")
        try lab.folder.folder("p/aside")
        try lab.own()
        return lab
    }

    @Test(
        "no namespace of the command's own uncovers what is hidden",
        arguments: Requirements.users,
        ["file", "hidden"]
    )
    func hidden(user: UInt32?, name: String) throws {
        let lab = try lab(user)
        let run = try lab.tool(
            [
                "run", "-v", lab.folder("p") + ":/p:rw", "-v", lab.folder("attack.py") + ":/attack.py:ro", "--hide",
                "/p/" + name,
            ]
                + ["--", "python3", "/attack.py", "/p", name, "aside", "read"]
        )
        let moved = try FileStatus.of(lab.folder("p/aside/moved"))
        expectUnseen("TOPSECRET", run)
        #expect(moved == nil)
    }

    @Test("no namespace of the command's own puts another spec in place of the spec", arguments: Requirements.users)
    func spec(user: UInt32?) throws {
        let lab = try lab(user)
        let spec = """
            {"command": ["python3", "/attack.py", "/p", "s.json", "aside", "forge"],
             "mounts": [{"bind": ".", "at": "/p", "mode": "rw"}, {"bind": "../attack.py", "at": "/attack.py"}]}
            """
        try lab.spec(spec, to: "p/s.json")
        _ = try lab.tool(["exec", "p/s.json"])
        let after = try lab.folder.read("p/s.json")
        #expect(after == spec)
    }

    @Test("no namespace of the command's own moves the store away", arguments: Requirements.users)
    func store(user: UInt32?) throws {
        let lab = try lab(user)
        let store = ["--store", lab.folder("p/store")]
        let flags = ["-v", lab.folder("p") + ":/p:rw", "-v", lab.folder("attack.py") + ":/attack.py:ro"]
        _ = try lab.tool(
            ["run"] + store + flags + ["--", "python3", "/attack.py", "/p/store", "cache", "../aside", "read"]
        )
        #expect(try FileStatus.of(lab.folder("p/store/cache/blobs"))?.kind == .folder)
        _ = try lab.tool(["run"] + store + flags + ["--", "python3", "/attack.py", "/p", "store", "aside", "read"])
        let blobs = try FileStatus.of(lab.folder("p/store/cache/blobs"))
        #expect(blobs?.kind == .folder)
    }

    /// Calls unshare, clone, clone3 and x32's unshare; says of each whether it led into another user namespace.
    private static let calls = """
        import ctypes, os, platform, struct
        libc = ctypes.CDLL(None, use_errno=True)
        unshare, clone = {"x86_64": (272, 56), "aarch64": (97, 220)}[platform.machine()]
        flag = ctypes.c_ulong(0x10000000 | 17)
        request = ctypes.create_string_buffer(struct.pack("11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0))
        own = os.readlink("/proc/self/ns/user")
        for name, number, arguments in (("unshare", unshare, (ctypes.c_ulong(0x10000000),)),
            ("clone", clone, (flag, 0, 0, 0, 0)), ("clone3", 435, (request, 88)),
            ("x32", 0x40000000 | unshare, (ctypes.c_ulong(0x10000000),))):
            child = os.fork()
            if child == 0:
                libc.syscall(number, *arguments)
                if os.readlink("/proc/self/ns/user") != own: os.write(1, b"ENTERED " + name.encode())
                os._exit(0)
            os.waitpid(child, 0)
        print("done")
        """

    @Test("no call makes a user namespace inside", arguments: Requirements.users, ["baseline", "restricted"])
    func calls(user: UInt32?, preset: String) throws {
        let lab = try SafetyLab(user)
        let script = try lab.folder.write(Self.calls, to: "calls.py")
        try lab.own()
        let outside = try lab.outside("python3 \(script)")
        #expect(outside.text.contains("ENTERED unshare") && outside.text.contains("ENTERED clone3"), "\(outside)")
        let flags = ["--preset", preset, "-v", script + ":/c.py:ro"]
        let run = try lab.tool(["run"] + flags + ["--", "python3", "/c.py"])
        #expect(run.text == "done\n", "\(run)")
    }
}
