import HostFiles
import TestSupport
import Testing

@testable import Runtimes

@Suite("Where a mount goes", .tags(.medium))
struct MountPointTests {
    private let folder: TemporaryFolder
    private let tree: SandboxTree

    init() throws {
        folder = try TemporaryFolder("point")
        try folder.shell(
            "mkdir -p in/real other; echo x > in/file; cd in; ln -s real link; ln -s / root; ln -s /tmp/x out"
        )
        tree = SandboxTree([
            .bind(folder("in"), at: "/in", writable: true), .tmpfs("/tmp"),
            .make(.symlink(target: "in/real"), at: "/lnk"),
            .make(.proc, at: "/proc"), .make(.devices, at: "/dev"),
        ])
    }

    private func place(_ path: String, isFolder: Bool = true) throws -> String {
        try MountPoint("mounts[0]", path, isFolder: isFolder).canonical(in: tree)
    }

    private func problem(_ path: String, isFolder: Bool = true) -> String? {
        do throws(MountProblem) {
            _ = try MountPoint("mounts[0]", path, isFolder: isFolder).canonical(in: tree)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "what is there, what is top-level and what lies on a tmpfs is found without symlinks",
        arguments: [
            ("/in/real", "/in/real"), ("/new", "/new"), ("/in/link", "/in/real"), ("/lnk", "/in/real"),
            ("/tmp", "/tmp"),
            ("/tmp/x", "/tmp/x"), ("/tmp/a/b/c", "/tmp/a/b/c"), ("/dev/shm", "/dev/shm"),
        ]
    )
    func found(path: String, expected: String) throws { #expect(try place(path) == expected) }

    @Test("a missing deep path keeps all its components, also when one comes twice")
    func repeatedComponent() throws {
        #expect(try place("/tmp/a/b/a") == "/tmp/a/b/a")
        #expect(try place("/tmp/a/a") == "/tmp/a/a")
    }

    @Test("a symlink to what is missing on a tmpfs leads to its whole target")
    func symlinkToMissing() throws {
        #expect(try place("/in/out/y") == "/tmp/x/y")
    }

    @Test("no mount point is made in a host folder: field and folder are named")
    func missing() {
        #expect(
            problem("/in/none/deep") == """
                mounts[0]: no mount point /in/none/deep: there is no /in/none, and none is made in a host folder
                """
        )
        #expect(problem("/new/deep") != nil)
    }

    @Test("a file goes over a file, a folder over a folder")
    func kinds() throws {
        #expect(try place("/in/file", isFolder: false) == "/in/file")
        #expect(problem("/in/file")?.contains("a folder can't be mounted over the file /in/file") == true)
        #expect(problem("/in/real", isFolder: false)?.contains("a file can't be mounted over the folder") == true)
        #expect(problem("/in/link", isFolder: false) != nil)
    }

    @Test("nothing goes over / or below /proc")
    func refused() {
        #expect(problem("/")?.contains("over /") == true)
        #expect(problem("/proc/sys/kernel")?.contains("below /proc/sys/kernel") == true)
    }

    @Test("a symlink to / is no way to mount over /")
    func symlinkToRoot() {
        #expect(problem("/in/root") == "mounts[0]: /in/root leads to /")
    }
}
