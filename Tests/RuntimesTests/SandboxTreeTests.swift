import HostFiles
import Runtimes
import TestSupport
import Testing

@Suite("Looking up a path inside", .tags(.medium))
struct SandboxTreeTests {
    private let folder: TemporaryFolder
    private let tree: SandboxTree

    init() throws {
        folder = try TemporaryFolder("tree")
        try folder.shell(
            "mkdir -p in/real/deep other usr/lib; echo x > in/real/file; echo y > other/file; echo z > in/z"
        )
        try folder.shell(
            "cd in; ln -s /in/real abs; ln -s real/file rel; ln -s ../.. up; ln -s b a; ln -s a b; ln -s none gone"
        )
        tree = SandboxTree([
            .bind(folder("in"), at: "/in"), .bind(folder("usr"), at: "/usr"), .tmpfs("/tmp"),
            .make(.symlink(target: "usr/lib"), at: "/lib"), .make(.proc, at: "/proc"), .make(.devices, at: "/dev"),
            .bind(folder("other"), at: "/tmp/a/b"), .make(.text("x", permissions: "0644"), at: "/tmp/text"),
        ])
    }

    @Test("what a mount shows is found, with its canonical path")
    func plain() {
        #expect(
            tree.resolve("/in/real/file") == .host(path: folder("in/real/file"), kind: .file, inside: "/in/real/file")
        )
        #expect(tree.resolve("/in") == .host(path: folder("in"), kind: .folder, inside: "/in"))
        #expect(tree.resolve("//in/./real//") == .host(path: folder("in/real"), kind: .folder, inside: "/in/real"))
        #expect(tree.resolve("/") == .own(inside: "/"))
        #expect(tree.resolve("/none/deep") == .missing(inside: "/none"))
        #expect(tree.resolve("/in/real/none/deep") == .missing(inside: "/in/real/none"))
    }

    @Test("symlinks lead where they would lead inside, not on the host")
    func symlinks() {
        let file = SandboxTree.Place.host(path: folder("in/real/file"), kind: .file, inside: "/in/real/file")
        #expect(tree.resolve("/in/rel") == file)
        #expect(tree.resolve("/in/abs/file") == file)
        #expect(
            tree.resolve("/in/rel", following: false)
                == .host(path: folder("in/rel"), kind: .symlink, inside: "/in/rel")
        )
        #expect(tree.resolve("/in/abs/file", following: false) == file)
        #expect(tree.resolve("/lib") == .host(path: folder("usr/lib"), kind: .folder, inside: "/usr/lib"))
        #expect(tree.resolve("/in/gone") == .missing(inside: "/in/none"))
        #expect(tree.resolve("/in/up") == .own(inside: "/"))
        #expect(tree.resolve("/in/up/in/z") == .host(path: folder("in/z"), kind: .file, inside: "/in/z"))
    }

    @Test("two dots go up from where the path really is")
    func dots() {
        #expect(tree.resolve("/in/abs/../z") == .host(path: folder("in/z"), kind: .file, inside: "/in/z"))
        #expect(tree.resolve("/lib/../lib") == .host(path: folder("usr/lib"), kind: .folder, inside: "/usr/lib"))
        #expect(tree.resolve("/../../in/z") == .host(path: folder("in/z"), kind: .file, inside: "/in/z"))
    }

    @Test("a ring of symlinks is nothing, and 40 in a row are the most")
    func loops() throws {
        guard case .missing = tree.resolve("/in/a") else {
            Issue.record("a ring leads somewhere")
            return
        }
        try folder.shell("cd in; i=0; while [ $i -lt 41 ]; do ln -s l$((i+1)) l$i; i=$((i+1)); done; echo x > l41")
        #expect(tree.resolve("/in/l1") == .host(path: folder("in/l41"), kind: .file, inside: "/in/l41"))
        guard case .missing = tree.resolve("/in/l0") else {
            Issue.record("41 symlinks are followed")
            return
        }
    }

    @Test("a mount over a folder shows its own content, also by a symlink")
    func mountOver() {
        var tree = tree
        tree.set(.bind(folder("other"), at: "/in/real", origin: .spec))
        #expect(tree.resolve("/in/rel") == .host(path: folder("other/file"), kind: .file, inside: "/in/real/file"))
        #expect(tree.resolve("/in/real/deep") == .missing(inside: "/in/real/deep"))
    }

    @Test("on a tmpfs only what is mounted below is there")
    func tmpfs() {
        #expect(tree.resolve("/tmp") == .own(inside: "/tmp"))
        #expect(tree.resolve("/tmp/a") == .own(inside: "/tmp/a"))
        #expect(
            tree.resolve("/tmp/a/b/file") == .host(path: folder("other/file"), kind: .file, inside: "/tmp/a/b/file")
        )
        #expect(tree.resolve("/tmp/x/y") == .missing(inside: "/tmp/x"))
        #expect(tree.resolve("/tmp/ab") == .missing(inside: "/tmp/ab"))
        #expect(tree.resolve("/tmp/text") == .own(inside: "/tmp/text"))
        #expect(tree.resolve("/tmp/text/x") == .missing(inside: "/tmp/text/x"))
    }

    @Test("in /proc and /dev of its own only the kernel sees")
    func kernel() {
        #expect(tree.resolve("/proc") == .own(inside: "/proc"))
        #expect(tree.resolve("/proc/self/exe") == .kernel(inside: "/proc/self/exe"))
        #expect(tree.resolve("/dev/null") == .kernel(inside: "/dev/null"))
    }

    @Test("with the host itself as root every path is the host's")
    func hostRoot() throws {
        let tree = SandboxTree([.bind("/", at: "/", writable: true)])
        #expect(tree.resolve("/") == .host(path: "/", kind: .folder, inside: "/"))
        #expect(
            tree.resolve(folder("in/real")) == .host(path: folder("in/real"), kind: .folder, inside: folder("in/real"))
        )
        try Folder.link(folder("toRoot"), to: "/")
        #expect(tree.resolve(folder("toRoot")) == .host(path: "/", kind: .folder, inside: "/"))
    }

    @Test("the later origin wins at a path, and the order is by depth")
    func order() {
        var tree = SandboxTree([
            .tmpfs("/b/c/d", origin: .spec), .tmpfs("/b", origin: .preset), .tmpfs("/a", origin: .preset),
        ])
        tree.set(.bind("/x", at: "/b/c/d", origin: .preset))
        #expect(tree["/b/c/d"]?.origin == .spec)
        tree.set(.bind("/x", at: "/b/c/d", origin: .cover))
        #expect(tree["/b/c/d"]?.source == "/x")
        #expect(tree.ordered.map(\.at) == ["/a", "/b", "/b/c/d"])
        #expect(tree.governing("/b/c/x")?.at == "/b")
        #expect(tree.governing("/x") == nil)
    }

    @Test("folders above a mount are there, whatever names stand between")
    func above() {
        let tree = SandboxTree([.tmpfs("/a-b"), .tmpfs("/a/b/c"), .tmpfs("/a"), .tmpfs("/aa/b"), .tmpfs("/a/b-c")])
        for folder in ["/a", "/a/b", "/a/b/c", "/aa"] { #expect(tree.resolve(folder) == .own(inside: folder)) }
        for path in ["/a/b-x", "/a/b/x", "/a/x", "/a-x", "/ab"] {
            #expect(tree.resolve(path) == .missing(inside: path))
        }
        #expect(tree.operations.map(\.at) == ["/a", "/a-b", "/a/b-c", "/a/b/c", "/aa/b"])
    }

    /// Swift's strings compare by canonical equivalence; the kernel's names compare by bytes.
    @Test("two names that differ only in their normal form are two places")
    func normalForms() {
        let tree = SandboxTree([.bind("/x", at: "/caf\u{E9}"), .bind("/y", at: "/cafe\u{301}")])
        #expect(tree.operations.count == 2)
    }
}
