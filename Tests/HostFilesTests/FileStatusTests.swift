import HostFiles
import TestSupport
import Testing

@Suite("What a path is", .tags(.medium))
struct FileStatusTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("status") }

    @Test("kinds are told apart, symlinks not followed unless asked")
    func kinds() throws {
        try folder.write("four", to: "file", mode: 0o640)
        try Folder.link(folder("link"), to: "file")
        try Folder.link(folder("dangling"), to: "none")
        try folder.makeFIFO("fifo")
        #expect(try FileStatus.of(folder("file"))?.kind == .file)
        #expect(try FileStatus.of(folder("file"))?.size == 4)
        #expect(try FileStatus.of(folder("file"))?.permissions == 0o640)
        #expect(try FileStatus.of(folder("link"))?.kind == .symlink)
        #expect(try FileStatus.of(folder("link"), following: true)?.kind == .file)
        #expect(try FileStatus.of(folder("dangling"), following: true) == nil)
        #expect(try FileStatus.of(folder("fifo"))?.kind == .fifo)
        #expect(try FileStatus.of("/dev/null")?.kind == .characterDevice)
        #expect(try FileStatus.of(folder.path)?.kind == .folder)
        #expect(try FileStatus.of(folder("file/below")) == nil)
        #expect(try FileStatus.of(folder("none")) == nil)
    }

    @Test("a loop of symlinks is an error, not an absence")
    func loop() throws {
        try Folder.link(folder("a"), to: "b")
        try Folder.link(folder("b"), to: "a")
        let error = #expect(throws: FileError.self) { try FileStatus.of(folder("a"), following: true) }
        #expect(error?.code == .tooManySymlinks)
        #expect(error?.path == folder("a"))
    }

    @Test("others may write what is theirs, or what its mode lets them; a sticky folder of root is an exception")
    func writableByOthers() throws {
        let me = HostIdentity.current().user
        try folder.write("x", to: "mine", mode: 0o644)
        try folder.write("x", to: "group", mode: 0o664)
        try folder.write("x", to: "world", mode: 0o646)
        func answer(_ name: String, caller: UInt32) throws -> Bool? {
            try FileStatus.of(folder(name))?.writableByOthers(than: caller)
        }
        #expect(try answer("mine", caller: me) == false)
        #expect(try answer("group", caller: me) == true)
        #expect(try answer("world", caller: me) == true)
        let tmp = try #require(try FileStatus.of("/tmp", following: true))
        if tmp.owner == 0, tmp.permissions == 0o1777 { #expect(!tmp.writableByOthers(than: me)) }
    }

    @Test("another user's file is one that others may write", .enabled(if: Requirements.isRoot, "chown needs root"))
    func anothersFile() throws {
        try folder.write("x", to: "theirs", mode: 0o600)
        try folder.giveAway("theirs", to: 4321)
        #expect(try FileStatus.of(folder("theirs"))?.writableByOthers(than: 0) == true)
        #expect(try FileStatus.of(folder("theirs"))?.writableByOthers(than: 4321) == false)
    }

    @Test("times are in nanoseconds, and a rewrite changes the change time")
    func times() throws {
        try folder.write("x", to: "file")
        let before = try #require(try FileStatus.of(folder("file")))
        #expect(before.changed > 1_600_000_000_000_000_000)
        let file = try OwnedDescriptor.open(folder("file"), [.write])
        #expect(try FileStatus.of(descriptor: file.number) == before)
        try FileMode.set(0o600, of: file.number, path: "file")
        #expect(try FileStatus.of(folder("file"))?.permissions == 0o600)
    }
}
