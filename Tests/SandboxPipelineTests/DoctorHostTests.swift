import HostFiles
import SandboxPipeline
import Testing

@Suite("What the doctor makes of a host")
struct DoctorHostTests {
    /// A host with nothing wrong, and files over its own.
    private func host(
        root: Bool = false,
        capabilities: String = "0000000000000000",
        cgroups: String = "unified",
        controllers: Set<String> = ["cpu", "memory", "pids"],
        programs: Set<String> = ["/usr/bin/newuidmap", "/usr/bin/newgidmap"],
        _ files: [String: String] = [:]
    ) -> DoctorHost {
        let usual = [
            "/proc/sys/user/max_user_namespaces": "96343\n",
            "/proc/self/status": "Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n",
            "/proc/self/mountinfo": "23 28 0:22 / /proc rw - proc proc rw\n",
            "/etc/subuid": "tester:100000:65536\n",
            "/etc/subgid": "1000:100000:65536\n",
        ]
        let all = usual.merging(files) { _, new in new }
        return DoctorHost(
            identity: HostIdentity(
                user: root ? 0 : 1000,
                group: 0,
                supplementaryGroups: [],
                capabilities: capabilities
            ),
            userName: root ? "root" : "tester",
            path: "/usr/bin:relative:/bin",
            read: { all[$0] },
            isProgram: { programs.contains($0) },
            cgroups: cgroups,
            controllers: controllers
        )
    }

    private func findings(_ host: DoctorHost, failed: [String] = ["bwrap"]) -> [String: DoctorFinding] {
        Dictionary(HostDiagnosis(host).findings(failed: failed).map { ($0.id, $0) }) { first, _ in first }
    }

    @Test("a host with nothing wrong gives no finding, whether or not a runtime failed")
    func well() {
        #expect(findings(host()).isEmpty)
        #expect(findings(host(), failed: []).isEmpty)
    }

    @Test("sysctls that forbid user namespaces are errors where a user's runtime failed, else warnings")
    func sysctls() throws {
        for (file, word) in [("user/max_user_namespaces", "nobody"), ("kernel/unprivileged_userns_clone", "ordinary")] {
            let files = ["/proc/sys/\(file)": "0\n"]
            let finding = try #require(findings(host(files))["userns-sysctl"])
            #expect(finding.severity == .error && finding.runtime == nil && finding.cause.contains(word))
            #expect(finding.remedy?.contains(file.split(separator: "/").joined(separator: ".")) == true)
            #expect(findings(host(files), failed: [])["userns-sysctl"]?.severity == .warning)
            let ofRoot = findings(
                host(root: true, ["/etc/subuid": "root:1:1", "/etc/subgid": "0:1:1"].merging(files) { $1 })
            )
            #expect(ofRoot["userns-sysctl"]?.severity == (word == "nobody" ? .warning : nil))
        }
    }

    @Test("AppArmor, an outer filter and a covered /proc are named where a runtime failed, and only there")
    func outerContainer() {
        let files = [
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
            "/proc/self/status": "Seccomp:\t2\n",
            "/proc/self/mountinfo": """
            23 28 0:22 / /proc rw - proc proc rw
            24 23 0:23 / /proc/sys/fs/binfmt_misc rw - binfmt_misc none rw
            25 23 0:24 /null /proc/kcore rw - tmpfs tmpfs rw
            26 23 0:22 /sys /proc/sys ro - proc proc rw

            """,
        ]
        let found = findings(host(files))
        #expect(Set(found.keys) == ["userns-apparmor", "outer-seccomp", "proc-masked"])
        #expect(found.values.allSatisfy { $0.severity == .error && $0.remedy != nil })
        #expect(found["proc-masked"]?.cause.contains("(/proc/kcore, /proc/sys)") == true)
        #expect(findings(host(files), failed: []).isEmpty)
        let mounted = ["/proc/self/mountinfo": "24 23 0:23 / /proc/sys/fs/binfmt_misc rw - binfmt_misc none rw\n"]
        #expect(findings(host(mounted)).isEmpty)
    }

    @Test("root without CAP_SYS_ADMIN is named; crun's trouble with hybrid cgroups is crun's alone")
    func rootAndCrun() {
        let files = ["/etc/subuid": "root:1:1", "/etc/subgid": "root:1:1"]
        #expect(Set(findings(host(root: true, capabilities: "00000000a80425fb", files)).keys) == ["no-sys-admin"])
        #expect(findings(host(root: true, capabilities: "000001ffffffffff", files)).isEmpty)
        for cgroups in ["hybrid", "v1"] {
            #expect(findings(host(cgroups: cgroups)).isEmpty)
            #expect(findings(host(cgroups: cgroups), failed: ["crun"])["cgroup-hybrid"]?.runtime == "crun")
        }
        #expect(findings(host(), failed: ["crun"]).isEmpty)
    }

    @Test("limits and id maps that can't be had are warnings that name the field and what to install")
    func lacking() throws {
        let none = try #require(findings(host(controllers: ["cpu"]), failed: [])["no-delegation"])
        #expect(none.severity == .warning && none.cause.contains("resources.memory, resources.pids can't"))
        let map = try #require(findings(host(programs: ["/usr/bin/newuidmap"]), failed: [])["newuidmap-missing"])
        #expect(map.cause.hasPrefix("newgidmap ") && map.remedy?.contains("uidmap") == true)
        #expect(findings(host(programs: ["/usr/sbin/newuidmap", "/bin/newgidmap"])).isEmpty)
        let ids = try #require(findings(host(["/etc/subgid": "tester2:1:1\n"]), failed: [])["subids-missing"])
        #expect(ids.cause.hasPrefix("/etc/subgid give tester no ids"))
    }
}
