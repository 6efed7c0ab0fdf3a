import HostFiles
import TestSupport
import Testing

@Suite("Folders", .tags(.medium))
struct FolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("folder") }

    @Test("names are raw bytes, sorted by them")
    func names() throws {
        try folder.shell(#"mkdir d; touch d/b d/B d/.hidden "d/$(printf 'n\377')" "d/$(printf 'two\nlines')""#)
        #expect(
            try Folder.names(folder("d")) == [
                Array(".hidden".utf8), Array("B".utf8), Array("b".utf8), [0x6E, 0xFF], Array("two\nlines".utf8),
            ]
        )
        let error = #expect(throws: FileError.self) { try Folder.names(folder("d/b")) }
        #expect(error?.code == .notAFolder)
    }

    @Test("a tree goes with unreadable folders and names that are not UTF-8, and what its symlinks lead to stays")
    func removeTree() throws {
        try folder.write("keep", to: "outside/file")
        try folder.shell(#"mkdir -p t/a/b; touch t/a/b/x "t/$(printf 'n\377')"; mkdir t/shut; touch t/shut/y"#)
        try folder.shell("ln -s ../outside t/link; ln -s ../../outside t/a/link; chmod 0 t/shut")
        try Folder.removeTree(folder("t"))
        #expect(try FileStatus.of(folder("t")) == nil)
        #expect(try folder.read("outside/file") == "keep")
        try Folder.link(folder("toOutside"), to: "outside")
        try Folder.removeTree(folder("toOutside"))
        #expect(try FileStatus.of(folder("toOutside")) == nil)
        #expect(try folder.read("outside/file") == "keep")
        try Folder.removeTree(folder("none"))
    }

    @Test("a folder has the permissions asked for, whatever the umask, and is made once")
    func make() throws {
        #expect(try Folder.make(folder("new"), permissions: 0o777))
        #expect(try FileStatus.of(folder("new"))?.permissions == 0o777)
        #expect(try !Folder.make(folder("new"), permissions: 0o700))
        #expect(try FileStatus.of(folder("new"))?.permissions == 0o777)
        try Folder.makeAll(folder("x/y/z"))
        try Folder.makeAll(folder("x/y/z"))
        #expect(try FileStatus.of(folder("x/y"))?.permissions == 0o700)
    }

    @Test("a rename without replacing leaves what is there")
    func renameWithoutReplacing() throws {
        try folder.write("one", to: "a")
        try folder.write("two", to: "b")
        #expect(try !Folder.renameWithoutReplacing(folder("a"), to: folder("b")))
        #expect(try folder.read("b") == "two")
        #expect(try Folder.renameWithoutReplacing(folder("a"), to: folder("c")))
        #expect(try folder.read("c") == "one")
        #expect(throws: FileError.self) { try Folder.renameWithoutReplacing(folder("none"), to: folder("d")) }
    }

    @Test("links and their targets")
    func links() throws {
        #expect(try Folder.link(folder("l"), to: "some/where else"))
        #expect(try !Folder.link(folder("l"), to: "other"))
        #expect(try Folder.target(of: folder("l")) == "some/where else")
    }

    @Test("a tree deeper than the limit of open files is removed")
    func deepTree() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder("deep")
            // A descriptor a level would take 3,000 of them.
            let line =
                "i=0; while [ $i -lt 300 ]; do mkdir -p a/a/a/a/a/a/a/a/a/a && cd -P a/a/a/a/a/a/a/a/a/a || exit 1; "
                + "touch x; i=$((i+1)); done"
            try folder.shell("mkdir deep; cd deep; \(line)")
            try folder.shell("mkdir -p deep/b/c/d/e/f/g/h/i/j/k deep/a/a/a/a/a/a/a/a/a/b; chmod 0 deep/b/c/d/e/f/g/h/i")
            try folder.shell("prlimit --pid \(HostIdentity.processID) --nofile=40")
            try Folder.removeTree(folder("deep"))
            #expect(try FileStatus.of(folder("deep")) == nil)
        }
    }
}
