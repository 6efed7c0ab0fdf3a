import HostFiles
import TestSupport
import Testing

@Suite("Names below a folder", .tags(.medium))
struct RawNameTests {
    private let folder: TemporaryFolder
    private let top: OwnedDescriptorBox

    init() throws {
        folder = try TemporaryFolder("beneath")
        try folder.write("secret", to: "outside")
        try folder.write("inside", to: "top/deep/file")
        try Folder.link(folder("top/absolute"), to: folder("outside"))
        try Folder.link(folder("top/up"), to: "../outside")
        try Folder.link(folder("top/in"), to: "deep")
        top = OwnedDescriptorBox(try OwnedDescriptor.open(folder("top"), [.pathOnly, .folder]))
    }

    private func open(_ path: String) throws -> String {
        let file = try RawName(path).openBeneath(top.number, [.read])
        return String(decoding: try FileContent.read(descriptor: file.number, limit: 100), as: UTF8.self)
    }

    @Test("a path below opens")
    func opens() throws {
        #expect(try open("deep/file") == "inside")
        #expect(try open("deep/./file") == "inside")
        #expect(try open("deep/../deep/file") == "inside")
    }

    @Test(
        "what leaves the folder, or goes by a symlink, does not",
        arguments: [
            ("../outside", FileError.Code.outside), ("/etc/passwd", .outside), ("deep/../../outside", .outside),
            ("absolute", .tooManySymlinks), ("up", .tooManySymlinks), ("in/file", .tooManySymlinks),
            ("none", .notFound),
            ("deep/file/x", .notAFolder),
        ]
    )
    func refused(path: String, code: FileError.Code) {
        let error = #expect(throws: FileError.self) { try open(path) }
        #expect(error?.code == code)
    }

    @Test("a single name never follows a symlink")
    func openName() throws {
        let error = #expect(throws: FileError.self) { _ = try RawName("in").open([.read], at: top.number) }
        #expect(error?.code == .tooManySymlinks)
        #expect(try RawName("in").status(at: top.number)?.kind == .symlink)
        #expect(try RawName("in").linkTarget(at: top.number) == Array("deep".utf8))
        #expect(try RawName("none").status(at: top.number) == nil)
    }

    @Test("a name of any bytes opens, and prints harmlessly")
    func anyBytes() throws {
        try folder.shell(#"printf x > "top/$(printf 'a\377\033')""#)
        let name = RawName([0x61, 0xFF, 0x1B])
        let file = try name.open([.read], at: top.number)
        #expect(try FileContent.read(descriptor: file.number, limit: 10) == Array("x".utf8))
        #expect(name.text == "a\u{FFFD}\\u{1B}")
    }
}

/// A descriptor that a test's stored property can hold.
final class OwnedDescriptorBox: Sendable {
    let number: Int32

    init(_ descriptor: consuming OwnedDescriptor) { number = descriptor.release() }

    deinit { _ = OwnedDescriptor(adopting: number) }
}
