#if canImport(CSeccomp)
import HostFiles
import JSONText
import Testing

@testable import SeccompFilter

@Suite("The default profile's table", .tags(.small))
struct StandardProfileTests {
    private static let groups = SystemCallTable.allowed + SystemCallTable.refused + SystemCallTable.unknown

    @Test("each call stands in one group, and each that libseccomp had in 2022 stands in one")
    func complete() {
        let calls = Self.groups.flatMap(\.calls) + SystemCallTable.judged.flatMap(\.calls)
        let repeated = Dictionary(grouping: calls) { $0 }.filter { $0.value.count > 1 }.keys
        #expect(repeated.isEmpty, "\(repeated.sorted())")
        let listed = Set(calls)
        // Up to futex_requeue of Linux 6.7.
        let numbers = UInt32(0)...456
        for name in ["x86_64", "aarch64"] {
            let token = LibraryCalls.architecture(name)
            let known = Set(numbers.compactMap { LibraryCalls.name($0, token) })
            #expect(known.count > 290)
            #expect(known.subtracting(listed).isEmpty, "\(name): \(known.subtracting(listed).sorted())")
        }
    }

    @Test("no name in it is misspelt")
    func names() {
        // Those of libseccomp 2.5.4 as Debian 12 has it; one that is older may lack the last of them.
        let unknown = (Self.groups.flatMap(\.calls) + SystemCallTable.judged.flatMap(\.calls))
            .filter { !LibraryNames.knows(call: $0) }
        let newest: Set = [
            "cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake", "map_shadow_stack",
            "set_mempolicy_home_node",
        ]
        #expect(Set(unknown).isSubset(of: newest), "\(unknown)")
    }

    @Test("a capability that is kept allows what it is for, but never a new user namespace or a way round the filter")
    func capabilities() {
        func action(_ call: String, _ capabilities: [String], _ argument: Int64 = 0) -> SeccompAction {
            let profile = SeccompProfile.standard(machine: "x86_64", capabilities: capabilities)
            let rule = profile.rules.first { rule in
                rule.names.contains(call)
                    && rule.conditions.allSatisfy {
                        guard case .masked(let mask, let value) = $0.comparison else { return false }
                        return argument & mask == value
                    }
            }
            return rule?.action ?? profile.defaultAction
        }
        let pairs = [
            ("mount", "SYS_ADMIN"), ("chroot", "SYS_CHROOT"), ("settimeofday", "SYS_TIME"), ("reboot", "SYS_BOOT"),
            ("finit_module", "SYS_MODULE"), ("process_vm_writev", "SYS_PTRACE"), ("bpf", "BPF"), ("syslog", "SYSLOG"),
            ("perf_event_open", "PERFMON"), ("acct", "SYS_PACCT"), ("open_by_handle_at", "DAC_READ_SEARCH"),
        ]
        for (call, capability) in pairs {
            #expect(action(call, []) == .errno(1))
            #expect(action(call, ["CAP_" + capability]) == .allow)
            #expect(action(call, [capability.lowercased()]) == .allow)
        }
        let all = pairs.map(\.1) + ["NET_ADMIN", "NET_RAW", "MKNOD", "FSETID", "SYS_RAWIO", "SETFCAP"]
        for call in ["keyctl", "io_uring_setup", "uselib"] { #expect(action(call, all) == .errno(1)) }
        for call in ["clone3", "openat2"] { #expect(action(call, all) == .errno(38)) }
        #expect(action("unshare", all, 0x1000_0000) == .errno(1))
        #expect(action("unshare", all, 0x2_0000) == .allow)
        #expect(action("unshare", [], 0x2_0000) == .errno(1))
        #expect(action("clone", all, 0x1000_0011) == .errno(1))
    }

    @Test("a machine has its own architecture alone, without its 32-bit sibling")
    func architectures() {
        func names(_ machine: String) -> [String] { SeccompProfile.standard(machine: machine).architectures }
        #expect(names("x86_64") == ["SCMP_ARCH_X86_64"])
        #expect(names("aarch64") == ["SCMP_ARCH_AARCH64"])
        #expect(names("riscv64") == [])
    }

    @Test("it is an OCI profile like any other, read back from what config.json has")
    func readBack() throws {
        let profile = SeccompProfile.standard(machine: "x86_64", capabilities: ["SYS_ADMIN"])
        #expect(try SeccompProfile(json: profile.json) == profile)
        #expect(profile.json["flags"] == [])
        #expect(profile.json["defaultErrnoRet"] == 38)
    }

    @Test("what is left of values that are refused is everything else, in as many prefixes as it takes")
    func prefixes() {
        let rules = SystemCallTable.excluding([0x5412, 0x541C], argument: 1, of: ["ioctl"])
        func answers(_ value: Int64) -> [SeccompAction] {
            rules.filter { rule in
                rule.conditions.allSatisfy {
                    guard case .masked(let mask, let wanted) = $0.comparison else { return false }
                    return value & mask == wanted
                }
            }.map(\.action)
        }
        for value in Array(Int64(0)..<0x1_0000) + [0x8000_5412, 0xFFFF_FFFF, 0x5412_5412] {
            let isRefused = value == 0x5412 || value == 0x541C
            #expect(answers(value) == [isRefused ? .errno(1) : .allow])
        }
        #expect(answers(0x1_0000_5412) == [.errno(1)])
        #expect(rules.count == 36)
    }

    @Test("the table for people is the one in stages/contracts")
    func table() throws {
        let tests = AbsolutePath.parent(AbsolutePath.parent(#filePath))
        let place = AbsolutePath.join(AbsolutePath.parent(tests), "stages/contracts/3-materialize/seccomp.md")
        if HostSystem.environment()["SBXPIPE_RECORD"] != nil {
            try Folder.removeFile(place)
            let file = try OwnedDescriptor.open(place, [.write, .create, .exclusive], mode: 0o644)
            try FileContent.write(Array(SeccompProfile.table.utf8), to: file.number)
        }
        let text = String(decoding: try FileContent.read(place, limit: 1 << 20), as: UTF8.self)
        #expect(text == SeccompProfile.table, "SBXPIPE_RECORD=1 writes it anew")
    }
}
#endif
