import HostFiles
import TestSupport
import Testing

@Suite("Whole files", .tags(.medium))
struct FileContentTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("content") }

    private func code(_ path: String, limit: Int = 1024, noFollow: Bool = false) -> FileError.Code? {
        do throws(FileError) {
            _ = try FileContent.read(path, limit: limit, noFollow: noFollow)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a FIFO, a folder, a socket and a device are refused at once")
    func notFiles() throws {
        try folder.makeFIFO("fifo")
        #expect(code(folder("fifo")) == .notRegular)
        #expect(code(folder.path) == .isAFolder)
        #expect(code("/dev/zero") == .notRegular)
        #expect(code("/dev/tty") != nil)
    }

    @Test("the limit is the last size that is read")
    func limits() throws {
        try folder.write(String(repeating: "x", count: 100), to: "file")
        #expect(try FileContent.read(folder("file"), limit: 100).count == 100)
        #expect(code(folder("file"), limit: 99) == .tooLarge)
        try folder.write("", to: "empty")
        #expect(try FileContent.read(folder("empty"), limit: 0).isEmpty)
    }

    @Test("a file whose size the kernel does not tell is read to its end, and bounded all the same")
    func procFiles() throws {
        let file = try OwnedDescriptor.open("/proc/self/status", [.read])
        #expect(try FileContent.read(descriptor: file.number, limit: 1 << 20).count > 100)
        let zeros = try OwnedDescriptor.open("/dev/zero", [.read])
        let error = #expect(throws: FileError.self) { try FileContent.read(descriptor: zeros.number, limit: 5000) }
        #expect(error?.code == .tooLarge)
    }

    @Test("symlinks are followed unless that is refused")
    func symlinks() throws {
        try folder.write("x", to: "file")
        try Folder.link(folder("link"), to: "file")
        #expect(code(folder("link")) == nil)
        #expect(code(folder("link"), noFollow: true) == .tooManySymlinks)
        #expect(code(folder("none")) == .notFound)
        #expect(code(folder("file/below")) == .notAFolder)
    }

    @Test("a position is read and written without moving the descriptor")
    func positions() throws {
        try folder.write("0123456789", to: "file")
        let file = try OwnedDescriptor.open(folder("file"), [.readWrite])
        #expect(try FileContent.read(descriptor: file.number, at: 4, count: 3) == Array("456".utf8))
        #expect(try FileContent.read(descriptor: file.number, at: 8, count: 9) == Array("89".utf8))
        #expect(try FileContent.read(descriptor: file.number, at: 10, count: 1).isEmpty)
        try Array("AB".utf8).withUnsafeBytes { try FileContent.write($0, to: file.number, at: 3) }
        #expect(try FileContent.read(descriptor: file.number, limit: 100) == Array("012AB56789".utf8))
    }

    @Test("errors name the call, the path and the kernel's reason, with control characters escaped")
    func errors() {
        let error = #expect(throws: FileError.self) { try FileContent.read("/none\n\u{1B}[2J", limit: 1) }
        #expect(error?.description == "open /none\\n\\u{1B}[2J: no such file or directory")
    }
}
