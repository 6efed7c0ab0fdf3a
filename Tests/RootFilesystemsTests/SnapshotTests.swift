import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@testable import RootFilesystems

@Suite("Snapshots of trees")
struct SnapshotTests {
    private let lab: TreeLab

    init() throws {
        lab = try TreeLab()
        try lab.shell(
            """
            umask 022; mkdir -p a/sub/deep a/empty; cd a; printf one > one; printf 'two\\n' > sub/two; chmod 640 sub/two
            ln -s /etc/shadow link; ln -s . loop; ln -s nowhere sub/deep/gone; printf raw > $'n\\xff'; printf x > 'a b
            c'; chmod 4755 one; chmod 1777 empty; head -c 3000000 /dev/zero > big; mkdir a-b; : > a-b/x; : > a.c
            """
        )
    }

    @Test("Unpacked, a layer is what was there: bytes, modes, links as text, names of any bytes")
    func roundTrip() throws {
        let (layer, descriptor) = try lab.layer("a")
        let root = try lab.unpacked(layer, descriptor)
        // Set-user-ID would name another user than it did.
        let before = try lab.list(lab.folder("a")).replacing("one f 4755 ", with: "one f 755 ")
        #expect(try lab.list(root) == before)
        #expect(try FileStatus.of(root + "/sub/two")?.modified == 0)
        #expect(try Folder.names(lab.store.path("tmp")).isEmpty)
        #expect(try TreeCheck(lab.store).problems(of: descriptor.digest.hex).isEmpty)
    }

    @Test("The same content at another place, of other owners and times, is the same tree and layer")
    func sameContent() throws {
        let (_, first) = try lab.layer("a")
        try lab.shell("mkdir other; cp -r --preserve=mode,links a other/b; touch -d 2001-01-01 other/b/one")
        #expect(try lab.tree("other/b") == lab.tree("a"))
        try lab.shell("rm -r s/cache/actions/layer s/cache/blobs/sha256/*")
        #expect(try lab.layer("other/b").1 == first)
        #expect(try lab.layer("other/b", time: 1).1 != first)
        #expect(try lab.layer("other/b", at: "/else").1 != first)
    }

    @Test(
        "Every change of content, mode, name or kind is another tree",
        arguments: [
            "printf two > one", "chmod 600 one", "mv one eno", "rm one; ln -s x one", "ln -sfn x link", "rmdir empty",
            "chmod 700 sub", "mv sub/two two", "printf y > new", "printf Z | dd of=big bs=1 seek=2000000 conv=notrunc",
        ]
    )
    func changes(script: String) throws {
        let before = try lab.tree("a")
        try lab.shell("cd a; cp -p one /tmp/sbx-$$; \(script); rm /tmp/sbx-$$")
        #expect(try lab.tree("a") != before)
    }

    @Test("A single file is a snapshot too")
    func singleFile() throws {
        let (layer, descriptor) = try lab.layer("a/sub/two", at: "/etc/two")
        let root = try lab.unpacked(layer, descriptor)
        #expect(try FileStatus.of(root)?.permissions == 0o640)
        #expect(try FileContent.read(root, limit: 99) == Array("two\n".utf8))
    }

    @Test("Files that the stat index knows are not hashed again; one rewritten since with its time is found")
    func knownFiles() throws {
        // Younger ones are doubted, and hashed.
        HostSystem.sleep(milliseconds: 2100)
        let (layer, descriptor) = try lab.layer("a")
        try lab.shell("rm -r s/cache/actions/layer s/cache/blobs/sha256/*")
        #expect(try layer.make(from: lab.source("a"), in: lab.store) == descriptor)
        try lab.shell("rm -r s/cache/actions/layer; touch -r a/big time; printf X | dd of=a/big conv=notrunc")
        try lab.shell("touch -r time a/big")
        let error = #expect(throws: RootFilesystemError.self) { try layer.make(from: lab.source("a"), in: lab.store) }
        #expect(error?.message.contains("changed") == true)
    }

    @Test("What is covered is an empty folder, whatever lies in it")
    func covered() throws {
        let before = try lab.tree("a", covering: ["a/sub"])
        try lab.shell("printf more > a/sub/more")
        #expect(try lab.tree("a", covering: ["a/sub"]) == before)
        #expect(try lab.tree("a") != before)
    }

    @Test(
        "What no snapshot can hold is named",
        arguments: [
            ("mkfifo a/sub/f", "a/sub/f: is a fifo"), ("mknod a/null c 1 3 || mkfifo a/null", "a/null: is a "),
            (
                "perl -MSocket -e 'socket(S,PF_UNIX,SOCK_STREAM,0); bind(S,pack_sockaddr_un(\"a/s\"))'",
                "a/s: is a socket"
            ),
            ("perl -e 'chdir \"a\"; for (1..250) { mkdir \"d\"; chdir \"d\" }'", "too deep"),
        ]
    )
    func refused(script: String, message: String) throws {
        try lab.shell(script)
        let error = try #require(throws: RootFilesystemError.self) { try lab.tree("a") }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test("A layer is not made of what is no longer the tree")
    func changedBeforeArchive() throws {
        let layer = SnapshotLayer(tree: try lab.tree("a"), place: "/src", time: 0)
        try lab.shell("printf more > a/more")
        #expect(throws: RootFilesystemError.self) { try layer.make(from: lab.source("a"), in: lab.store) }
        #expect(try Folder.names(lab.store.path("blobs/sha256")).isEmpty)
        #expect(try Folder.names(lab.store.path("tmp")).isEmpty)
    }

    @Test("A file that is another one than the scan saw is not read")
    func changedFile() throws {
        let source = lab.source("a")
        let status = try #require(try FileStatus.of(lab.folder("a/one")))
        let parent = try OwnedDescriptor.open(lab.folder.path, [.pathOnly, .folder])
        for script in [
            "printf two > a/one", "rm a/one; ln -s /etc/passwd a/one", "rm a/one; mkdir a/one", "rmdir a/one",
        ] {
            try lab.shell(script)
            let error = try #require(throws: RootFilesystemError.self) {
                _ = try TreeFile.open(Array("one".utf8), FileKey(status), of: source, at: parent.number).digest()
            }
            #expect(error.message.contains("a/one: changed while it was read"), "\(error)")
        }
    }
}
