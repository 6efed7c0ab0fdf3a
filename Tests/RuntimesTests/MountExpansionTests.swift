import HostFiles
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@Suite("A binding on this host", .tags(.medium))
struct MountExpansionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("expand")
        try folder.shell("mkdir -p proj/.git/hooks store/cache; echo x > proj/.git/config; echo s > proj/spec.json")
    }

    private func expand(
        _ mounts: [MountDescription],
        workdir: String = "/",
        outputs: [String] = [],
        covered: [String] = [],
        specFile: String? = nil
    ) throws(MountProblem) -> MountExpansion {
        try MountExpansion(
            baselineBinding(mounts).mounts,
            workdir: workdir,
            outputs: outputs.map { OutputRule(path: $0, required: false) },
            host: hostView(covered: covered, specFile: specFile)
        )
    }

    private func problem(
        _ mounts: [MountDescription],
        workdir: String = "/",
        outputs: [String] = [],
        covered: [String] = []
    ) -> MountProblem? {
        do throws(MountProblem) {
            _ = try expand(mounts, workdir: workdir, outputs: outputs, covered: covered)
            return nil
        } catch {
            return error
        }
    }

    private var project: MountDescription {
        MountDescription(.bind, at: "/proj", field: "mounts[0]", source: folder("proj"), writable: true)
    }

    @Test("the fresh root holds the host's entries read-only, kernel file systems of its own and empty tmpfs")
    func root() throws {
        let found = try expand([]).tree.byPath
        #expect(found["/usr"]?.action == .bind(source: "/usr", writable: false, devices: false))
        #expect(found["/proc"]?.action == .proc)
        #expect(found["/dev"]?.action == .devices)
        #expect(found["/tmp"]?.action == .tmpfs(size: nil, permissions: "1777"))
        #expect(found["/run"]?.action == .tmpfs(size: nil, permissions: "0755"))
        #expect(found["/"] == nil)
        if try FileStatus.of("/bin")?.kind == .symlink {
            #expect(found["/bin"]?.action == .symlink(target: try Folder.target(of: "/bin")))
        }
        if try FileStatus.of("/etc/shadow") != nil { #expect(found["/etc/shadow"]?.action == .emptyFile) }
        if HostIdentity.current().isRoot { #expect(found["/root"]?.action == .emptyFolder) }
        #expect(!found.values.contains { $0.isWritable && $0.source != nil })
    }

    @Test("masked files of /proc are covered where present, read-only ones bound read-only")
    func masks() throws {
        let found = try expand([]).tree.byPath
        for name in ["kcore", "keys", "timer_list", "interrupts"] where try FileStatus.of("/proc/" + name) != nil {
            #expect(found["/proc/" + name]?.action == .emptyFile)
        }
        #expect(found["/proc/sys"]?.action == .bind(source: "/proc/sys", writable: false, devices: false))
        #expect(found["/proc/none"] == nil)
    }

    @Test("the order of the spec's mounts does not matter")
    func order() throws {
        let mounts = declared([
            (.bind, "/proj", folder("proj"), true), (.tmpfs, "/proj/.git", nil, false),
            (.hide, "/proj/spec.json", nil, false),
        ])
        let first = try expand(mounts).tree.byPath
        #expect(try expand(mounts.reversed()).tree.byPath == first)
        #expect(first["/proj/.git"]?.action == .tmpfs(size: nil, permissions: "1777"))
        #expect(first["/proj/spec.json"]?.action == .emptyFile)
    }

    @Test("a hide of what is not there is satisfied where the command could not make it, else an error unless optional")
    func absentHides() throws {
        let satisfied = try expand([MountDescription(.hide, at: "/usr/none", field: "mounts[0]")])
        #expect(satisfied.satisfied == ["mounts[0]"])
        let hide = MountDescription(.hide, at: "/proj/none", field: "mounts[1]")
        #expect(problem([project, hide])?.field == "mounts[1].hide")
        let optional = MountDescription(.hide, at: "/proj/none", field: "mounts[1]", optional: true)
        #expect(try expand([project, optional]).satisfied.isEmpty)
        #expect(problem([project, MountDescription(.readonly, at: "/tmp/none", field: "mounts[1]")]) != nil)
    }

    @Test("a hide by a symlink hides the object, and in a bind of everything too")
    func symlinkedHide() throws {
        try Folder.link(folder("proj/link"), to: ".git/config")
        let everything = MountDescription(.bind, at: "/host", field: "mounts[1]", source: "/")
        let hide = MountDescription(.hide, at: "/proj/link", field: "mounts[2]")
        let tree = try expand([project, everything, hide]).tree
        let found = tree.byPath
        #expect(found["/proj/.git/config"]?.action == .emptyFile)
        #expect(found["/proj/.git"]?.isWritable == true)
        // Either the file or, where the preset empties a folder above it, that.
        if case .host = tree.resolve("/host" + folder("proj/.git/config")) {
            Issue.record("the object shows under /host")
        }
        if try FileStatus.of("/etc/shadow") != nil { #expect(found["/host/etc/shadow"]?.action == .emptyFile) }
    }

    @Test("the store is covered below a mount, the spec is read-only, and the folders on the way are pinned")
    func covers() throws {
        let all = MountDescription(.bind, at: "/all", field: "mounts[0]", source: folder.path, writable: true)
        let found = try expand([all], covered: [folder("store/cache")], specFile: folder("proj/spec.json")).tree.byPath
        #expect(found["/all/store/cache"]?.action == .emptyFolder)
        #expect(found["/all/store/cache"]?.origin == .cover)
        #expect(found["/all/store"]?.action == .bind(source: folder("store"), writable: true, devices: false))
        #expect(
            found["/all/proj/spec.json"]?.action
                == .bind(source: folder("proj/spec.json"), writable: false, devices: false)
        )
        #expect(found["/all/proj"]?.source == folder("proj"))
    }

    @Test("a mount of the store, or of something in it, is refused by its field")
    func mountOfStore() {
        for source in ["store/cache", "store/cache/blobs"] {
            try? Folder.makeAll(folder(source))
            let mount = MountDescription(.bind, at: "/x", field: "mounts[0]", source: folder(source))
            let found = problem([mount], covered: [folder("store/cache")])
            #expect(found?.field == "mounts[0]")
            #expect(found?.message.contains("no command may see") == true)
        }
    }

    @Test("an output on a tmpfs gets a folder in its place, one on a writable bind needs none")
    func outputs() throws {
        let tmpfs = MountDescription(.tmpfs, at: "/out", field: "mounts[1]", size: 1 << 20)
        var found = try expand([project, tmpfs], outputs: ["/out/x", "/out/**/*.log", "/proj/report", "/tmp/a"])
        #expect(found.outputMounts.map(\.at) == ["/out", "/tmp"])
        #expect(found.outputMounts.first?.size == 1 << 20)
        found.standIn("/somewhere", forTmpfsAt: "/out")
        #expect(found.tree["/out"]?.action == .bind(source: "/somewhere", writable: true, devices: false))
        #expect(found.tree["/out"]?.field == "mounts[1]")
        #expect(problem([], outputs: ["/usr/x"])?.field == "outputs[0]")
        #expect(problem([], outputs: ["/none/x"])?.field == "outputs[0]")
        let hidden = MountDescription(.hide, at: "/proj/.git", field: "mounts[1]")
        #expect(problem([project, hidden], outputs: ["/proj/x", "/proj/.git/x"])?.field == "outputs[1]")
    }

    @Test("a working folder is made on a tmpfs, and else must be there and be one")
    func workdir() throws {
        #expect(try expand([], workdir: "/tmp/a/b").tree["/tmp/a/b"]?.action == .folder)
        #expect(try expand([project], workdir: "/proj/.git").tree["/proj/.git"] == nil)
        #expect(problem([], workdir: "/none")?.message.contains("no such folder inside: /none") == true)
        #expect(problem([project], workdir: "/proj/spec.json")?.message.contains("is a file inside") == true)
        #expect(problem([project], workdir: "/proj/none")?.field == "workdir")
        #expect(problem([], workdir: "/proc/self")?.field == "workdir")
    }

    @Test("a working folder below a symlink to a tmpfs is made there")
    func workdirBySymlink() throws {
        guard try FileStatus.of("/var/run")?.kind == .symlink else { return }
        #expect(problem([], workdir: "/var/run/x") == nil)
    }

    @Test("a rule on a tmpfs or text of the spec's own covers that")
    func ruleOnOwn() throws {
        let text = MountDescription(.text, at: "/t", field: "mounts[0]", text: "x")
        let tmpfs = MountDescription(.tmpfs, at: "/out", field: "mounts[1]")
        let found = try expand([
            text, tmpfs, MountDescription(.hide, at: "/t", field: "mounts[2]"),
            MountDescription(.readonly, at: "/out", field: "mounts[3]"),
        ]).tree.byPath
        #expect(found["/t"]?.action == .emptyFile)
        #expect(found["/out"]?.action == .emptyFolder)
    }
}
