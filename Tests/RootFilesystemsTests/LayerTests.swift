import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@testable import RootFilesystems

@Suite("Layers of a root")
struct LayerTests {
    @Test("Later layers lie over earlier ones, and their whiteouts hide what was below and not what comes with them")
    func whiteouts() throws {
        let lab = try LayerLab()
        try lab.make(
            """
            t('1', d('./'), d('./a', mode=0o750), f('./a/kept', 'kept'), f('./a/gone', 'x'), f('a/replaced', 'old'),
              d('b'), f('b/lower', 'x'), d('b/deep'), f('b/deep/lower', 'x'), f('swap', 'a file'), d('swap2'), f('swap2/x', 'x'),
              s('link', 'a/kept'), h('hard', 'a/kept'), f('implied/folder/file', 'y'), d('c'), f('c/x', 'x'))
            t('2', f('a/.wh.gone'), f('a/replaced', 'new'), f('b/upper', 'u'), f('b/.wh..wh..opq'), f('b/deep/upper', 'd'),
              d('swap'), f('swap/in', 'i'), s('swap2', 'a'), f('.wh.c'), f('.wh.never'), h('hard2', 'a/kept'))
            """
        )
        let tree = try lab.unpacked("1", "2")
        let list = try lab.lab.list(tree)
        let names = list.split(separator: "\n").filter { $0.split(separator: " ").count > 2 }
            .map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        #expect(
            names == [
                "d 755 4096", "a d 750", "a/kept f 644", "a/replaced f 644", "b d 755", "b/deep d 755",
                "b/deep/upper f 644", "b/upper f 644", "hard f 644", "hard2 f 644", "implied d 755",
                "implied/folder d 755", "implied/folder/file f 644", "link l 777", "swap d 755", "swap/in f 644",
                "swap2 l 777",
            ],
            "\(list)"
        )
        #expect(try FileContent.read(tree + "/a/replaced", limit: 10) == Array("new".utf8))
        let inodes = try ["a/kept", "hard", "hard2"].map { try FileStatus.of("\(tree)/\($0)")?.inode }
        #expect(Set(inodes).count == 1)
        // The same again is there already; another order is another tree.
        #expect(try lab.unpacked("1", "2") == tree)
        #expect(try lab.unpacked("1") != tree)
        for name in try lab.lab.store.recordNames(in: TreeStore.folder) {
            #expect(try TreeCheck(lab.lab.store).problems(of: name).isEmpty)
        }
    }

    @Test("gzip, zstd and no compression give one tree, and what was compressed is told by the bytes")
    func compressions() throws {
        let lab = try LayerLab()
        try lab.make(
            """
            t('plain', d('etc'), f('etc/Főtanúsítvány', 'x' * 100000), f('n' * 200 + '/' + 'ő' * 60, 'y'))
            data = open('plain', 'rb').read()
            open('gzip', 'wb').write(gzip.compress(data[:40000]) + gzip.compress(data[40000:]))
            subprocess.run(['zstd', '-q', 'plain', '-o', 'zstd'], check=True)
            t('gnu', d('etc'), f('etc/Főtanúsítvány', 'x' * 100000), f('n' * 200 + '/' + 'ő' * 60, 'y'), format=tarfile.GNU_FORMAT)
            """
        )
        let layers = try ["plain", "gzip", "zstd"].map { try lab.layer($0) }
        #expect(Set(layers.map(\.contents)).count == 1)
        let plain = "application/vnd.oci.image.layer.v1.tar"
        #expect(layers.map(\.blob.mediaType) == [plain, plain + "+gzip", plain + "+zstd"])
        #expect(Set(try layers.map { try lab.unpacked([$0]) }).count == 1)
        let listed = try lab.lab.list(try lab.unpacked([layers[0]]))
        #expect(listed.contains("\netc/Főtanúsítvány f 644"), "\(listed)")
        #expect(try lab.lab.list(try lab.unpacked("gnu")) == listed)
    }

    @Test(
        "Owners and set-user-ID bits are the layer's where root unpacks it, else the caller's own, who can read all of it"
    )
    func owners() throws {
        let lab = try LayerLab()
        try lab.make(
            "t('l', f('su', 'x', mode=0o4755, uid=7, gid=8), f('shut', 'x', mode=0), d('box', mode=0o1000, uid=9))"
        )
        let tree = try lab.unpacked("l")
        let caller = HostIdentity.current()
        let found = try ["su", "shut", "box"].compactMap { try FileStatus.of("\(tree)/\($0)") }
        if caller.isRoot {
            #expect(found.map(\.owner) == [7, 0, 9] && found.map(\.permissions) == [0o4755, 0, 0o1000])
        } else {
            #expect(found.allSatisfy { $0.owner == caller.user })
            #expect(found.map(\.permissions) == [0o4755, 0o400, 0o1500])
        }
    }

    @Test("The usual devices of a root that debootstrap made are left out, as each sandbox has a /dev of its own")
    func devices() throws {
        let lab = try LayerLab()
        try lab.make(
            "t('l', d('dev'), n('dev/null', tarfile.CHRTYPE, 1, 3), n('./dev/tty', tarfile.CHRTYPE, 5, 0), s('dev/fd', '/proc/self/fd'))"
        )
        #expect(try Folder.names(try lab.unpacked("l") + "/dev") == [Array("fd".utf8)])
    }

    /// Layers that are refused, the last one the hostile one, and what is said of it.
    static let hostile: [(String, String, String)] = [
        ("t('l', f('../out', 'x'))", "../out", "component \"..\""),
        ("t('l', f('a/../../out', 'x'))", "a/../../out", "component \"..\""),
        ("t('l', f('/abs', 'x'))", "/abs", "is absolute"),
        ("t('l', f('a//b', 'x'))", "a//b", "empty component"),
        ("t('l', f('a', 'x'), f('./a', 'y'))", "\"a\"", "twice"),
        ("t('l', f('a', 'x'), f('a/b', 'y'))", "a/b", "no directory"),
        ("t('l', s('a', '/tmp'), f('a/b', 'y'))", "a/b", "no directory"),
        ("t('k', s('a', '/tmp'))\nt('l', f('a/b', 'y'))", "a/b", "no folder in the layers below"),
        ("t('k', s('a', '../..'))\nt('l', d('a/b/c'))", "a/b/c", "no folder in the layers below"),
        ("t('k', f('a', 'x'))\nt('l', f('a/b', 'y'))", "a/b", "no folder in the layers below"),
        ("t('l', h('a', '../../etc/passwd'))", "../../etc/passwd", "component \"..\""),
        ("t('l', h('a', '/etc/passwd'))", "/etc/passwd", "is absolute"),
        ("t('l', h('a', 'none'))", "a", "no file of the tree"),
        ("t('l', d('b'), h('a', 'b'))", "a", "no file of the tree"),
        ("t('k', s('b', '/etc'))\nt('l', h('a', 'b/passwd'))", "a", "no file of the tree"),
        ("t('l', n('a', tarfile.CHRTYPE, 1, 3))", "a", "a character device"),
        ("t('l', n('dev/mem', tarfile.CHRTYPE, 1, 1))", "dev/mem", "a character device"),
        ("t('l', n('dev/sda', tarfile.BLKTYPE, 8, 0))", "dev/sda", "a block device"),
        ("t('l', n('a', tarfile.FIFOTYPE))", "a", "a FIFO"),
        ("t('k', d('a'))\nt('l', f('a/.wh.'))", "a/.wh.", "of no name"),
        ("t('k', d('a'))\nt('l', f('a/.wh...'))", "a/.wh...", "of no name"),
        ("t('l', f('.wh.a/b', 'x'))", ".wh.a/b", "below the name of a whiteout"),
        ("t('l', f('.wh..wh.plnk'))", ".wh..wh.plnk", "of no name"),
        ("t('l', f('.wh.a', 'x'))", ".wh.a", "no empty file"),
        ("t('l', f('a\\x1b[31mred', 'x'))", "\\x1b[31mred", "control character"),
        ("t('l', f('a\\nb', 'x'))", "\\x0ab", "control character"),
        ("t('l', f('x' * 5000, 'x'))", "xxx", "4096 bytes"),
        ("open('l', 'wb').write(b'no tar' * 1000)", "layer", "Unrecognized archive format"),
        (
            "t('l', f('a', 'x' * 3000))\ndata = open('l', 'rb').read()\nopen('l', 'wb').write(data[:2000])", "a",
            "ncated"
        ),
        ("t('l', f('a', 'x'))\ndata = open('l', 'rb').read()\nopen('l', 'wb').write(data[:1024])", "layer", "cut off"),
        (
            "t('l', f('a', 'x'))\ndata = open('l', 'rb').read()\nopen('l', 'wb').write(data + b'more' * 200)", "layer",
            "follows the end"
        ),
        (
            "t('p', f('a', 'x' * 99999))\ndata = gzip.compress(open('p', 'rb').read())\nopen('l', 'wb').write(data[:-9])",
            "", "ncated"
        ),
        (
            "c = subprocess.run('head -c 300M /dev/zero | gzip -1', shell=True, stdout=subprocess.PIPE).stdout\nopen('l', 'wb').write(c)",
            "", "100 times as many bytes"
        ),
    ]

    @Test("A hostile layer is refused in one line that names the entry, and leaves nothing", arguments: hostile.indices)
    func refused(index: Int) throws {
        let (script, entry, reason) = Self.hostile[index]
        let lab = try LayerLab()
        try lab.make(script)
        let below = try FileStatus.of(lab.lab.folder("k")) == nil ? [] : ["k"]
        if !below.isEmpty { _ = try lab.unpacked(below.map(lab.layer)) }
        let before = try lab.lab.store.recordNames(in: TreeStore.folder)
        let message = lab.refusal(below + ["l"])
        #expect(message.contains(reason) && message.contains(entry), "\(message)")
        #expect(!message.contains("\n") && !message.contains("\u{1B}"))
        #expect(try lab.lab.store.recordNames(in: TreeStore.folder) == before)
        let left = try Folder.names(lab.lab.store.path("tmp")).map { String(decoding: $0, as: UTF8.self) }
        #expect(left.allSatisfy { !$0.contains("tree") && !$0.contains("blob") }, "\(left)")
        let beside = try Folder.names(lab.lab.folder.path).map { String(decoding: $0, as: UTF8.self) }
        #expect(Set(beside).isSubset(of: ["k", "l", "p", "s"]), "\(beside)")
    }

    @Test("A layer that is not what its digest or its image says is refused, and nothing of it is kept")
    func wrongDigests() throws {
        let lab = try LayerLab()
        try lab.make("t('l', f('a', 'x'))")
        let layer = try lab.layer("l")
        let other = RootLayer(blob: layer.blob, contents: Digest.of([1]))
        let message = #expect(throws: RootFilesystemError.self) { try lab.unpacked([other]) }
        #expect(message?.message.contains("is what it is to hold") == true)
        let wrong = Descriptor(mediaType: layer.blob.mediaType, digest: Digest.of([2]), size: layer.blob.size)
        let source = RootSource.tar(lab.lab.folder("l"))
        let error = #expect(throws: RootFilesystemError.self) {
            try source.keep(RootContent(layers: [RootLayer(blob: wrong, contents: wrong.digest)]), in: lab.lab.store)
        }
        #expect(error?.message.contains("other bytes than its digest and size say") == true)
        #expect(try !lab.lab.store.isPresent(wrong))
    }
}
