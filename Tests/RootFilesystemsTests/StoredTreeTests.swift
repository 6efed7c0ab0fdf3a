import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@testable import RootFilesystems

@Suite("What the store keeps of trees")
struct StoredTreeTests {
    private let lab: TreeLab

    init() throws {
        lab = try TreeLab()
        try lab.shell("mkdir -p a/b; printf one > a/one; printf two > a/b/two")
    }

    /// Exchanges the digest in the index for another one, to see whether it is used.
    private func forge(_ tree: Digest, signed: Bool = true) throws {
        let name = Digest.of(Array(lab.folder("a").utf8)).hex
        var bytes = try #require(try lab.store.signedBytes(at: "actions/snapshot/\(name)"))
        bytes.replaceSubrange(16..<80, with: tree.hex.utf8)
        try lab.store.putSignedBytes(bytes, at: "actions/snapshot/\(name)")
        if !signed { try lab.shell("printf x >> s/cache/actions/snapshot/\(name)") }
    }

    @Test("Files that did not change since are not read again; one that changed just now is")
    func index() throws {
        let other = Digest.of([1])
        let tree = try lab.tree("a")
        try forge(other)
        #expect(try lab.tree("a") == tree, "files are younger than two seconds")
        HostSystem.sleep(milliseconds: 2100)
        #expect(try lab.tree("a") == tree)
        try forge(other)
        #expect(try lab.tree("a") == other, "the index tells")
        try forge(other, signed: false)
        #expect(try lab.tree("a") == tree, "an index of somebody else's tells nothing")
        try forge(other)
        // Same size and time of change, as far as the caller can set it.
        try lab.shell("touch -r a/one t; printf eno > a/one; touch -r t a/one")
        let changed = try lab.tree("a")
        #expect(changed != tree && changed != other)
        try lab.shell("printf one > a/one")
        #expect(try lab.tree("a") == tree)
    }

    @Test("A damaged layer is not unpacked and makes way; a layer of another tree is refused")
    func damagedLayer() throws {
        let (layer, descriptor) = try lab.layer("a")
        let wrong = SnapshotLayer(tree: Digest.of([1]), place: "/src", time: 0)
        #expect(throws: RootFilesystemError.self) { try lab.unpacked(wrong, descriptor) }
        try lab.shell(
            "f=s/cache/blobs/sha256/\(descriptor.digest.hex); chmod 600 $f; printf X | dd of=$f bs=1 seek=700 conv=notrunc"
        )
        let error = try #require(throws: StoreError.self) { try lab.unpacked(layer, descriptor) }
        #expect(error.code == .corrupt)
        #expect(try layer.recorded(in: lab.store) == nil, "the next plan makes it anew")
        #expect(try FileStatus.of(lab.store.path("trees/\(descriptor.digest.hex)")) == nil)
        #expect(try layer.make(from: lab.source("a"), in: lab.store) == descriptor)
        #expect(try FileContent.read(lab.unpacked(layer, descriptor) + "/b/two", limit: 9) == Array("two".utf8))
        #expect(throws: RootFilesystemError.self) { try lab.unpacked(wrong, descriptor) }
    }

    @Test(
        "A tree that is not as it was unpacked is found, with the path",
        arguments: [
            ("printf eno > root/one", "root/one"), ("rm root/b/two", "root/b/two"), ("chmod 600 root/one", "root/one"),
            ("printf x > root/b/new", "root/b/new"), ("rm -r root", ""),
            ("for f in ????????*; do printf x >> $f; done", ""),
        ]
    )
    func damagedTree(script: String, path: String) throws {
        let (layer, descriptor) = try lab.layer("a")
        _ = try lab.unpacked(layer, descriptor)
        let check = TreeCheck(lab.store)
        #expect(try check.problems(of: descriptor.digest.hex).isEmpty)
        try lab.shell("cd s/cache/trees/*/*; chmod -R u+w .; umask 022; \(script)")
        let problems = try check.problems(of: descriptor.digest.hex)
        #expect(problems.contains { $0.path.hasSuffix(path) }, "\(problems)")
    }
}
