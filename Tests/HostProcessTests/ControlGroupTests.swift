import Testing

@testable import HostProcess

@Suite("Where a cgroup can be made", .tags(.medium))
struct ControlGroupPlacesTests {
    private func places(
        _ cgroup: String,
        _ mounts: [String],
        files: [String: String] = [:],
        writable: [String]
    ) -> [String: ControlGroupPlaces.Place] {
        var files = files
        files["/proc/self/cgroup"] = cgroup
        files["/proc/self/mountinfo"] = mounts.joined(separator: "\n")
        return ControlGroupPlaces(.init(read: { [files] in files[$0] }, isWritable: writable.contains)).places
    }

    @Test("version 1 has a hierarchy for each controller, or for several")
    func versionOne() {
        let mounts = [
            "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
            "36 31 0:33 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
            "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
            "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
        ]
        let found = places(
            "4:memory:/docker/1/x\n8:pids:/\n1:cpu,cpuacct:/a\n0::/",
            mounts,
            files: ["/sys/fs/cgroup/unified/cgroup.subtree_control": ""],
            writable: ["/sys/fs/cgroup/cpu,cpuacct/a", "/sys/fs/cgroup/memory/x"]
        )
        #expect(found["cpu"] == .init(folder: "/sys/fs/cgroup/cpu,cpuacct/a", version: .v1))
        #expect(found["memory"] == .init(folder: "/sys/fs/cgroup/memory/x", version: .v1))
        // Not the caller's to write.
        #expect(found["pids"] == nil)
    }

    private let unified = ["31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate"]

    @Test("version 2: the nearest group above that is the caller's and hands the controller on")
    func delegated() {
        let service = "/sys/fs/cgroup/user.slice/user@1000.service"
        let files = [
            "\(service)/app.slice/cgroup.subtree_control": "pids", "\(service)/cgroup.subtree_control": "memory pids\n",
            "/sys/fs/cgroup/cgroup.subtree_control": "cpu memory pids",
            "\(service)/app.slice/my.scope/cgroup.subtree_control": "cpu memory pids",
        ]
        let mine = [service, "\(service)/app.slice", "\(service)/app.slice/my.scope"]
        let path = "0::/user.slice/user@1000.service/app.slice/my.scope"
        let found = places(path, unified, files: files, writable: mine + mine.map { $0 + "/cgroup.procs" })
        #expect(found["pids"] == .init(folder: "\(service)/app.slice", version: .v2))
        #expect(found["memory"] == .init(folder: service, version: .v2))
        #expect(found["cpu"] == nil)
        // Without the right to move processes there is none.
        #expect(places(path, unified, files: files, writable: mine).isEmpty)
    }

    @Test("version 2: the root of all hands on what it holds processes of, that of a container does not")
    func roots() {
        let files = ["/sys/fs/cgroup/cgroup.subtree_control": "memory"]
        let writable = ["/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.procs"]
        #expect(places("0::/", unified, files: files, writable: writable)["memory"]?.folder == "/sys/fs/cgroup")
        let inside = files.merging(["/sys/fs/cgroup/cgroup.type": "domain"]) { $1 }
        #expect(places("0::/", unified, files: inside, writable: writable).isEmpty)
    }

    @Test(
        "a group that lies outside of what is mounted is none",
        arguments: ["0::/../x", "0::/other", "", "nonsense\n0:x"]
    )
    func outside(cgroup: String) {
        let mounts = ["31 23 0:28 /mine /sys/fs/cgroup rw - cgroup2 cgroup2 rw"]
        #expect(places(cgroup, mounts, writable: ["/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.procs"]).isEmpty)
        #expect(places(cgroup, [], writable: []).isEmpty)
    }
}
