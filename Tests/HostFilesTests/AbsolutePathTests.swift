import HostFiles
import TestSupport
import Testing

@Suite("Arithmetic on paths", .tags(.small))
struct AbsolutePathTests {
    @Test(
        "a folder contains itself and what lies below it, not what only begins alike",
        arguments: [
            ("/", "/", true), ("/", "/a", true), ("/a", "/a", true), ("/a", "/a/b", true), ("/a", "/ab", false),
            ("/a/b", "/a", false), ("/a", "/", false), ("/é", "/é/x", true), ("/a", "/a\u{301}", false),
        ]
    )
    func contains(folder: String, path: String, expected: Bool) {
        #expect(AbsolutePath.contains(folder, path) == expected)
    }

    @Test(
        "what is below a folder, and back",
        arguments: [
            ("/", "/a/b", "a/b"), ("/a", "/a", ""), ("/a", "/a/b/c", "b/c"), ("/", "/", ""), ("/é", "/é/ü", "ü"),
        ]
    )
    func relative(folder: String, path: String, expected: String) {
        #expect(AbsolutePath.relative(path, to: folder) == expected)
        #expect(AbsolutePath.join(folder, expected) == path)
    }

    @Test(
        "parents and last components",
        arguments: [("/", "/", ""), ("/a", "/", "a"), ("/a/b", "/a", "b"), ("/a/b.c", "/a", "b.c")]
    )
    func ends(path: String, parent: String, last: String) {
        #expect(AbsolutePath.parent(path) == parent)
        #expect(AbsolutePath.lastComponent(path) == last)
    }

    @Test(
        "normalising drops dots, doubled slashes and what .. takes back",
        arguments: [
            ("/", "/"), ("//", "/"), ("/a//b/", "/a/b"), ("/a/./b/.", "/a/b"), ("/a/../b", "/b"), ("/../..", "/"),
            ("/a/b/../../..", "/"), ("/...", "/..."), ("/a/..b", "/a/..b"),
        ]
    )
    func normalised(path: String, expected: String) {
        #expect(AbsolutePath.normalised(path) == expected)
        #expect(AbsolutePath.normalised(expected) == expected)
        #expect(AbsolutePath.depth(expected) == AbsolutePath.components(expected).count)
    }

    @Test(
        "paths are the same, and in an order, by their bytes: two normal forms of a name are two",
        arguments: [
            ("/a", "/a", false, true), ("/a", "/b", true, false), ("/b", "/a", false, false),
            ("/a", "/a/b", true, false),
            ("/a/b", "/a", false, false), ("/a-b", "/a/b", true, false), ("/e\u{301}", "/\u{e9}", true, false),
            ("/\u{e9}", "/\u{e9}", false, true),
        ]
    )
    func order(left: String, right: String, precedes: Bool, isSame: Bool) {
        #expect(AbsolutePath.precedes(left, right) == precedes)
        #expect(AbsolutePath.isSame(left, right) == isSame)
    }

    /// A slash and the mark after it are one Character of Swift; to the kernel they are two bytes and more.
    @Test("a name that begins with a combining mark is a name like any other")
    func combiningMark() {
        let path = "/a/b/\u{301}x"
        #expect(AbsolutePath.components(path).count == 3)
        #expect(AbsolutePath.parent(path) == "/a/b")
        #expect(AbsolutePath.relative(path, to: "/a/b").utf8.first != UInt8(ascii: "/"))
        #expect(AbsolutePath.normalised(path + "/..") == "/a/b")
    }

    @Test("a real path has no symlinks, and none is a miss", .tags(.medium))
    func real() throws {
        let folder = try TemporaryFolder("real")
        try folder.write("x", to: "deep/file")
        try Folder.link(folder("link"), to: "deep")
        try Folder.link(folder("loop"), to: "loop")
        #expect(try AbsolutePath.real(folder("link/file")) == folder("deep/file"))
        #expect(try AbsolutePath.real(folder("none")) == nil)
        #expect(try AbsolutePath.real(folder("deep/file/below")) == nil)
        let error = #expect(throws: FileError.self) { try AbsolutePath.real(folder("loop")) }
        #expect(error?.code == .tooManySymlinks)
    }
}
