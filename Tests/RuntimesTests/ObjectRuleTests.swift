import HostFiles
import TestSupport
import Testing

@testable import Runtimes

@Suite("A rule on an object", .tags(.medium))
struct ObjectRuleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("rule")
        try folder.shell("mkdir -p a/b/dir; echo x > a/b/secret; echo y > a/b/dir/file")
    }

    private func applied(
        _ effect: ObjectRule.Effect,
        _ object: String,
        to operations: [MountOperation],
        sparesNamed: Bool = false
    ) -> [String: MountOperation] {
        var tree = SandboxTree(operations)
        ObjectRule(
            object: folder(object),
            effect: effect,
            origin: .rule,
            field: "mounts[1]",
            sparesNamedMounts: sparesNamed
        ).apply(to: &tree, hostView())
        return tree.byPath
    }

    @Test("in a writable mount each folder on the way is bound on itself, so that no rename uncovers it")
    func pins() {
        let found = applied(.hide, "a/b/secret", to: [.bind(folder(""), at: "/p", writable: true, origin: .spec)])
        #expect(found["/p/a/b/secret"]?.action == .emptyFile)
        for (at, source) in [("/p/a", "a"), ("/p/a/b", "a/b")] {
            #expect(found[at]?.action == .bind(source: folder(source), writable: true, devices: false))
            #expect(found[at]?.origin == .rule)
        }
        #expect(found.count == 4)
    }

    @Test("in a read-only mount nothing can be renamed, and only the object is covered")
    func readOnlyMount() {
        let found = applied(.hide, "a/b/dir", to: [.bind(folder("a"), at: "/p")])
        #expect(found["/p/b/dir"]?.action == .emptyFolder)
        #expect(found.count == 2)
    }

    @Test("the object is covered wherever a mount shows it, and where it is a mount of its own")
    func everyName() {
        let found = applied(
            .hide,
            "a/b/secret",
            to: [
                .bind(folder("a"), at: "/one"), .bind(folder("a/b"), at: "/two/x"),
                .bind(folder("a/b/secret"), at: "/three", origin: .spec), .bind(folder("a/b/dir"), at: "/four"),
            ]
        )
        #expect(found["/one/b/secret"]?.action == .emptyFile)
        #expect(found["/two/x/secret"]?.action == .emptyFile)
        #expect(found["/three"]?.action == .emptyFile)
        #expect(found.count == 6)
    }

    @Test("a mount of something below a hidden folder is covered as well")
    func partOfTheObject() {
        let found = applied(
            .hide,
            "a/b",
            to: [.bind(folder("a/b/secret"), at: "/x"), .bind(folder("a/b/dir"), at: "/y")]
        )
        #expect(found["/x"]?.action == .emptyFile)
        #expect(found["/y"]?.action == .emptyFolder)
    }

    @Test("where another mount stands over the object there is nothing to cover")
    func covered() {
        let found = applied(.hide, "a/b/secret", to: [.bind(folder("a"), at: "/p"), .tmpfs("/p/b")])
        #expect(found["/p/b/secret"] == nil)
    }

    @Test("a preset's rule spares what the spec mounts by name, the spec's own does not")
    func namedMounts() {
        let named: [MountOperation] = [
            .bind(folder("a/b/dir"), at: "/named", origin: .spec),
            .bind(folder("a/b/dir"), at: "/other", origin: .root),
            .bind(folder("a"), at: "/around", origin: .spec),
        ]
        let spared = applied(.hide, "a/b/dir", to: named, sparesNamed: true)
        #expect(spared["/named"]?.source == folder("a/b/dir"))
        #expect(spared["/other"]?.action == .emptyFolder)
        #expect(spared["/around/b/dir"]?.action == .emptyFolder)
        let own = applied(.hide, "a/b/dir", to: named)
        #expect(own["/named"]?.action == .emptyFolder)
    }

    @Test("read-only is a bind of the object on itself")
    func readonly() {
        let found = applied(.readonly, "a/b", to: [.bind(folder(""), at: "/p", writable: true)])
        #expect(found["/p/a/b"]?.action == .bind(source: folder("a/b"), writable: false, devices: false))
        #expect(found["/p/a"]?.isWritable == true)
        #expect(found.count == 3)
    }
}
