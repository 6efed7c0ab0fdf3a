import HostFiles
import Testing

@Suite("The table of mounts", .tags(.small))
struct MountTableTests {
    private func table(_ lines: [String]) -> MountTable {
        MountTable(parsing: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    @Test("a line is read by its fields, however many optional ones it has")
    func fields() {
        let mounts = table([
            "22 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw",
            "23 22 0:5 /part /mnt rw - tmpfs tmpfs rw",
            "24 22 0:6 / /short",
            "",
            "no mount at all",
        ])
        #expect(
            mounts.entries == [
                .init(device: "8:1", root: "/", point: "/", fileSystem: "ext4"),
                .init(device: "0:5", root: "/part", point: "/mnt", fileSystem: "tmpfs"),
            ]
        )
    }

    @Test("blanks, tabs, line ends and backslashes are unescaped in root and mount point")
    func escapes() {
        let mounts = table([#"23 22 0:5 /a\040b /m\011n\012o\134p\1344 rw - tmpfs tmpfs rw"#])
        #expect(mounts.entries.first?.root == "/a b")
        #expect(mounts.entries.first?.point == "/m\tn\no\\p\\4")
    }

    @Test("the mount that holds a path is the deepest, and of two at one place the later")
    func holding() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 0:2 / /mnt rw - tmpfs b rw", "3 2 0:3 / /mnt rw - tmpfs c rw",
            "4 1 0:4 / /mnt2 rw - tmpfs d rw",
        ])
        #expect(mounts.entry(holding: "/mnt/x")?.device == "0:3")
        #expect(mounts.entry(holding: "/mnt")?.device == "0:3")
        #expect(mounts.entry(holding: "/mn")?.device == "8:1")
        #expect(mounts.entry(holding: "/mnt2/x")?.device == "0:4")
    }

    @Test("an object has the names that binds of the folders above it give it")
    func aliases() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 8:1 /home/me /srv/me rw - ext4 a rw",
            "3 1 8:1 /home/other /srv/other rw - ext4 a rw", "4 1 8:1 /home/me/.ssh/id /srv/key rw - ext4 a rw",
            "5 1 8:2 /home/me /srv/disk rw - ext4 b rw",
        ])
        #expect(
            mounts.aliases(of: "/home/me/.ssh/id") == ["/home/me/.ssh/id", "/srv/me/.ssh/id", "/srv/key"]
        )
        #expect(mounts.aliases(of: "/srv/key") == ["/srv/key", "/home/me/.ssh/id", "/srv/me/.ssh/id"])
        #expect(mounts.aliases(of: "/srv/disk/x") == ["/srv/disk/x"])
    }

    @Test("a name that another mount covers is none")
    func coveredAlias() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 8:1 /data /srv rw - ext4 a rw", "3 2 0:3 / /srv/sub rw - tmpfs c rw",
        ])
        #expect(mounts.aliases(of: "/data/sub/x") == ["/data/sub/x"])
        #expect(mounts.aliases(of: "/data/x") == ["/data/x", "/srv/x"])
    }

    /// The kernel walks from the root: a later mount on a folder above puts the deeper one out of reach.
    @Test("a mount under a folder that was mounted over later holds nothing")
    func coveredFromAbove() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 0:2 / /mnt/deep rw - tmpfs b rw", "3 1 8:1 /data /mnt rw - ext4 a rw",
        ])
        #expect(mounts.entry(holding: "/mnt/deep/x")?.device == "8:1")
        #expect(mounts.aliases(of: "/data/deep/x") == ["/data/deep/x", "/mnt/deep/x"])
    }

    @Test("a mount covers what lies below its folder, not what only begins alike")
    func namesBetween() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 0:2 / /mnt/deep/er rw - tmpfs b rw", "3 1 0:3 / /mnt-x rw - tmpfs c rw",
            "4 1 0:4 / /mnt rw - tmpfs d rw", "5 1 0:5 / /mnt-x/a rw - tmpfs e rw", "6 1 0:6 / /mntx rw - tmpfs f rw",
            "7 6 0:7 / /mntx/a rw - tmpfs g rw",
        ])
        #expect(mounts.entries.map(\.device) == ["8:1", "0:3", "0:4", "0:6", "0:7"])
    }

    @Test("what lies on a covered mount is covered with it, and a later mount in its place is not")
    func coveredTree() {
        let mounts = table([
            "1 0 8:1 / / rw - ext4 a rw", "2 1 0:2 / /mnt/deep rw - tmpfs b rw",
            "4 2 0:4 / /mnt/deep/er rw - tmpfs d rw",
            "3 1 0:3 / /mnt rw - tmpfs c rw", "5 3 0:5 / /mnt/deep/er rw - tmpfs e rw",
            "6 3 0:6 / /mnt rw - tmpfs f rw", "7 6 0:7 / /mnt/x rw - tmpfs g rw",
        ])
        #expect(mounts.entries.map(\.device) == ["8:1", "0:6", "0:7"])
    }

    @Test("the walk begins at the root that has no parent here, under what is mounted over it")
    func roots() {
        let changed = table(["8 7 0:8 / /mnt/deep rw - tmpfs b rw", "9 7 0:9 / /mnt rw - tmpfs c rw"])
        #expect(changed.entries.map(\.device) == ["0:9"])
        #expect(changed.entry(holding: "/elsewhere") == nil)
        let covered = table([
            "1 1 8:1 / / rw - ext4 a rw", "2 1 0:2 / / rw - tmpfs b rw", "3 2 0:3 / /mnt rw - tmpfs c rw",
            "4 1 0:4 / /srv rw - tmpfs d rw",
        ])
        #expect(covered.entries.map(\.device) == ["8:1", "0:4"])
        // The kernel makes no circles; one must only not be walked for ever.
        let circle = table([
            "1 2 0:1 / /a rw - tmpfs a rw", "2 1 0:2 / /b rw - tmpfs b rw", "3 1 0:3 / /b rw - tmpfs c rw",
        ])
        #expect(circle.entries.isEmpty)
    }

    @Test("the table of this process has its root, and each path a mount", .tags(.medium))
    func current() throws {
        let mounts = MountTable.current()
        #expect(mounts.entries.contains { $0.point == "/" })
        #expect(mounts.entry(holding: "/proc/self")?.fileSystem == "proc")
        #expect(mounts.aliases(of: "/etc/passwd").first == "/etc/passwd")
    }
}
