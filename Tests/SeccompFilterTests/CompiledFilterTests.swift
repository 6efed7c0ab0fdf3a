#if canImport(CSeccomp)
import HostFiles
import SeccompFilter
import TestSupport
import Testing

@Suite("A profile, compiled", .tags(.medium))
struct CompiledFilterTests {
    private static let native = HostSystem.kernel().machine
    private static let machines = ["x86_64": ["x86_64"], "aarch64": ["aarch64"]]

    private static func profile(_ rules: [SeccompRule], default action: SeccompAction = .allow) -> SeccompProfile {
        SeccompProfile(defaultAction: action, rules: rules)
    }

    /// Values at which rules of the default profile part, each also with bits in the half that the kernel drops.
    private static let values: [UInt64] = {
        var values: [UInt64] = [
            0, 1, 2, 3, 10, 16, 17, 18, 38, 40, 0o100, 0o101, 0o4755, 0o2755, 0o6755, 0o1777, 0o104755, 0o020600,
            0o060600,
            0o010600, 0o140600, 0o100644, 0o20_200_000, 0o20_200_100, 0x5411, 0x5412, 0x5413, 0x5401, 0x541B, 0x541C,
            0x541D, 0x5C12, 0x8004_5430, 0x400_0000, 0x1000_0011, 0x0102_0011, 0x3D_0F00, 0x7E02_0080, 0x80, 0x4_0000,
            0x40_0000, 0xFFFF_FFFF, 0x7FFF_FFFF,
        ]
        values += (0..<32).map { 1 << $0 }
        return values + values.map { $0 | 0x1_0000_0000 } + values.map { $0 | 0xFFFF_FFFF_0000_0000 }
    }()

    /// Counts answers of the filter that are not the profile's, over every call of each architecture.
    private static func check(_ profile: SeccompProfile, _ names: [String], judged: Set<String>) throws {
        let program = FilterProgram(try profile.compiled())
        for name in names {
            let token = LibraryCalls.architecture(name)
            for number in UInt32(0)..<470 {
                let call = LibraryCalls.name(number, token)
                let samples =
                    call.map(judged.contains) == true ? arguments() : [[0, 0, 0, 0, 0, 0], [7, 6, 5, 4, 3, 2]]
                for sample in samples {
                    let answer = program.answer(to: .init(architecture: token, number: number, arguments: sample))
                    let wanted = profile.answer(toCallNamed: call, sample)
                    if answer == wanted { continue }
                    let call = call ?? "\(number)"
                    Issue.record("\(name) \(call) \(sample): \(String(describing: answer)) instead of \(wanted)")
                    return
                }
            }
        }
    }

    /// Each value at each of the first four places, with two others beside it.
    private static func arguments() -> [[UInt64]] {
        values.indices.flatMap { index in
            (0..<4).flatMap { place in
                [1, 5, 17, 40].map { step in
                    var sample = (0..<6).map { values[(index * step + $0 * 7) % values.count] }
                    sample[place] = values[index]
                    return sample
                }
            }
        }
    }

    @Test(
        "the default filter answers every call as the profile says, whatever the arguments",
        .enabled(if: machines[native] != nil, "libseccomp's tables for this machine are not known here"),
        arguments: [[], ["CAP_SYS_ADMIN", "NET_RAW", "cap_mknod"], ["FSETID", "SYS_PTRACE", "SYS_CHROOT"]]
    )
    func standard(capabilities: [String]) throws {
        let profile = SeccompProfile.standard(machine: Self.native, capabilities: capabilities)
        let judged = Set(profile.rules.filter { !$0.conditions.isEmpty }.flatMap(\.names))
        try Self.check(profile, try #require(Self.machines[Self.native]), judged: judged)
    }

    @Test("each comparison and each action is what it says")
    func operators() throws {
        let comparisons: [SeccompCondition.Comparison] = [
            .notEqual(16), .less(16), .lessOrEqual(16), .equal(16), .greaterOrEqual(16), .greater(16),
            .masked(mask: 0o100, value: 0o100),
        ]
        let actions: [SeccompAction] = [.killProcess, .killThread, .trap, .log, .errno(13), .errno(4094), .trace(7)]
        let calls = ["read", "write", "close", "lseek", "mprotect", "munmap", "brk"]
        let rules = zip(calls, zip(comparisons, actions)).enumerated().map { index, entry in
            SeccompRule([entry.0], entry.1.1, [SeccompCondition(index % 4, entry.1.0)])
        }
        for action in [SeccompAction.allow, .errno(38)] {
            try Self.check(Self.profile(rules, default: action), [Self.native], judged: Set(calls))
        }
    }

    @Test("of conditions on one argument one is enough, of conditions on several all are needed, as runc has it")
    func sameArgument() throws {
        let either = SeccompRule(["read"], .errno(1), [SeccompCondition(0, .equal(1)), SeccompCondition(0, .equal(2))])
        let both = SeccompRule(["write"], .errno(1), [SeccompCondition(0, .equal(1)), SeccompCondition(1, .equal(2))])
        let program = FilterProgram(try Self.profile([either, both]).compiled())
        let token = LibraryCalls.architecture(Self.native)
        func refuses(_ name: String, _ arguments: [UInt64]) throws -> Bool {
            let number = try #require((0..<470).first { LibraryCalls.name($0, token) == name })
            let call = FilterProgram.Call(architecture: token, number: number, arguments: arguments + [0, 0, 0, 0])
            return program.answer(to: call) == 0x0005_0001
        }
        #expect(try refuses("read", [1, 0]) && refuses("read", [2, 0]) && !refuses("read", [3, 0]))
        #expect(try refuses("write", [1, 2]) && !refuses("write", [1, 3]) && !refuses("write", [2, 2]))
    }

    @Test("other architectures and x32 end the process")
    func otherArchitectures() throws {
        let program = FilterProgram(try SeccompProfile.standard(machine: Self.native).compiled())
        for name in ["mips64", "s390x", "riscv64", "x86", "arm"] {
            let call = FilterProgram.Call(
                architecture: LibraryCalls.architecture(name),
                number: 1,
                arguments: [0, 0, 0, 0, 0, 0]
            )
            #expect(program.answer(to: call) == 0x8000_0000)
        }
        guard Self.native == "x86_64" else { return }
        let call = FilterProgram.Call(
            architecture: LibraryCalls.architecture("x86_64"),
            number: 0x4000_0027,
            arguments: [0, 0, 0, 0, 0, 0]
        )
        #expect(program.answer(to: call) == 0x8000_0000)
    }

    @Test("equal profiles have equal bytes, and a read one those of the one that was written")
    func deterministic() throws {
        let profile = SeccompProfile.standard(machine: Self.native)
        let bytes = try profile.compiled()
        #expect(try SeccompProfile.standard(machine: Self.native).compiled() == bytes)
        #expect(try SeccompProfile(json: profile.json).compiled() == bytes)
        #expect(bytes.count % 8 == 0 && bytes.count / 8 <= SeccompProfile.greatestFilter)
    }

    @Test("rules that contradict each other are an error that names the later")
    func contradiction() {
        let condition = [SeccompCondition(0, .equal(1))]
        let rules = [SeccompRule(["read"], .errno(1), condition), SeccompRule(["write", "read"], .log, condition)]
        let error = #expect(throws: SeccompError.self) { try Self.profile(rules).compiled() }
        #expect(error?.description == "syscalls[1]: contradicts an earlier rule for read")
    }

    @Test("more rules than libseccomp makes a filter of in reasonable time are an error, and so is too long a filter")
    func tooMany() {
        let many = (0..<513).map { SeccompRule(["read"], .errno(1), [SeccompCondition(0, .equal($0))]) }
        let error = #expect(throws: SeccompError.self) { try Self.profile(many).compiled() }
        #expect(error?.description.contains("compare 513 arguments; at most 4096 and 512 are taken") == true)
        let names = SeccompRule(Array(repeating: "read", count: 4097), .errno(1))
        #expect(throws: SeccompError.self) { try Self.profile([names]).compiled() }
        #expect(throws: Never.self) { try Self.profile([SeccompRule(["read"], .log)] + many.dropLast()).compiled() }
    }

    @Test("an architecture of another byte order can't be in the filter")
    func byteOrder() {
        let profile = SeccompProfile(defaultAction: .allow, architectures: ["SCMP_ARCH_S390X"], rules: [])
        let error = #expect(throws: SeccompError.self) { try profile.compiled() }
        #expect(error?.description.hasPrefix("architectures[0]: SCMP_ARCH_S390X can't be in one filter") == true)
    }

    @Test("the guard of user namespaces refuses what it refused")
    func userNamespaceGuard() throws {
        let folder = try TemporaryFolder("guard")
        let file = try OwnedDescriptor.open(folder("filter"), [.readWrite, .create])
        try UserNamespaceGuard.write(to: file.number)
        let program = FilterProgram(try FileContent.read(folder("filter"), limit: 1 << 16))
        let token = LibraryCalls.architecture(Self.native)
        func answer(_ name: String, _ flags: UInt64) throws -> UInt32? {
            let number = try #require((0..<470).first { LibraryCalls.name($0, token) == name })
            let arguments = [flags, 0, 0, 0, 0, 0]
            return program.answer(to: .init(architecture: token, number: number, arguments: arguments))
        }
        #expect(try answer("unshare", 0x1000_0000) == 0x0005_0001)
        #expect(try answer("clone", 0x1000_0011) == 0x0005_0001)
        #expect(try answer("clone3", 0) == 0x0005_0026)
        #expect(try answer("unshare", 0x2_0000) == 0x7FFF_0000)
    }
}
#endif
