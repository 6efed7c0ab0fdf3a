extension SystemCallTable {
    /// Calls of which the arguments decide.
    static let judged = [
        JudgedCalls(
            calls: ["chmod", "creat", "fchmod", "fchmodat", "fchmodat2", "open", "openat"],
            refused: "setuid and setgid bits in the mode",
            capabilities: [("FSETID", "them")],
            rules: fileModes
        ),
        JudgedCalls(
            calls: ["mknod", "mknodat"],
            refused: "device nodes; setuid and setgid bits in the mode",
            capabilities: [("MKNOD", "device nodes"), ("FSETID", "the bits")],
            rules: nodes
        ),
        JudgedCalls(
            calls: ["clone", "unshare"],
            refused: "flags that make a namespace",
            capabilities: [("SYS_ADMIN", "all but CLONE_NEWUSER")],
            rules: namespaces
        ),
        JudgedCalls(
            calls: ["socket"],
            refused: "address families past AF_NETLINK: AF_VSOCK, which leads out of every network namespace, AF_ALG, "
                + "AF_PACKET; of the others, all but AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK get ENOSYS",
            capabilities: [("NET_RAW", "AF_PACKET")],
            rules: sockets
        ),
        JudgedCalls(
            calls: ["ioctl"],
            refused: "TIOCSTI and TIOCLINUX, which type into the terminal",
            capabilities: [],
            rules: { _ in excluding([0x5412, 0x541C], argument: 1, of: ["ioctl"]) }
        ),
        JudgedCalls(
            calls: ["ptrace"],
            refused: "process 1, by which the launcher waits for the command",
            capabilities: [("SYS_PTRACE", "it")],
            rules: { kept in
                kept.contains("SYS_PTRACE")
                    ? [SeccompRule(["ptrace"], .allow)] : excluding([1], argument: 1, of: ["ptrace"])
            }
        ),
        JudgedCalls(
            calls: ["personality"],
            refused: "READ_IMPLIES_EXEC; what is neither asking nor PER_LINUX or PER_LINUX32, these with UNAME26 or "
                + "ADDR_NO_RANDOMIZE, gets ENOSYS",
            capabilities: [],
            rules: personalities
        ),
    ]

    /// S_ISUID.
    private static let setUser: Int64 = 0o4000
    /// S_ISGID.
    private static let setGroup: Int64 = 0o2000

    @Sendable private static func fileModes(_ kept: Set<String>) -> [SeccompRule] {
        let places: [(call: String, mode: Int)] = [
            ("chmod", 1), ("creat", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2),
        ]
        if kept.contains("FSETID") {
            return [SeccompRule(places.map(\.call) + ["open", "openat"], .allow)]
        }
        let modes = [1, 2].flatMap { place in
            byMode(places.filter { $0.mode == place }.map(\.call), at: place, [])
        }
        return modes + opening("open", flags: 1) + opening("openat", flags: 2)
    }

    /// Allows a mode without the two bits, and refuses each.
    private static func byMode(
        _ calls: [String],
        at argument: Int,
        _ conditions: [SeccompCondition]
    ) -> [SeccompRule] {
        let none = SeccompCondition(argument, .masked(mask: setUser | setGroup, value: 0))
        return [SeccompRule(calls, .allow, conditions + [none])]
            + [setUser, setGroup].map { bit in
                SeccompRule(calls, .errno(1), conditions + [SeccompCondition(argument, .masked(mask: bit, value: bit))])
            }
    }

    /// The mode counts only where a file is made: O_CREAT, and O_TMPFILE without its O_DIRECTORY.
    private static func opening(_ call: String, flags: Int) -> [SeccompRule] {
        let create: Int64 = 0o100
        let temporary: Int64 = 0o20_000_000
        func with(_ value: Int64) -> SeccompCondition {
            SeccompCondition(flags, .masked(mask: create | temporary, value: value))
        }
        let making = [create, temporary, create | temporary].flatMap { value in
            byMode([call], at: flags + 1, [with(value)])
        }
        return [SeccompRule([call], .allow, [with(0)])] + making
    }

    @Sendable private static func nodes(_ kept: Set<String>) -> [SeccompRule] {
        let bits = kept.contains("FSETID") ? [] : [setUser, setGroup]
        // S_IFMT; no type, S_IFREG, S_IFIFO and S_IFSOCK; S_IFCHR and S_IFBLK.
        let types: Int64 = 0o170000
        let plain: [Int64] = [0, 0o100000, 0o010000, 0o140000]
        let devices: [Int64] = [0o020000, 0o060000]
        let allowed = plain + (kept.contains("MKNOD") ? devices : [])
        let refused = kept.contains("MKNOD") ? [] : devices
        return [("mknod", 1), ("mknodat", 2)].flatMap { call, argument in
            func rule(_ action: SeccompAction, mask: Int64, _ value: Int64) -> SeccompRule {
                SeccompRule([call], action, [SeccompCondition(argument, .masked(mask: mask, value: value))])
            }
            return allowed.map { rule(.allow, mask: types | bits.reduce(0, |), $0) }
                + refused.map { rule(.errno(1), mask: types, $0) } + bits.map { rule(.errno(1), mask: $0, $0) }
        }
    }

    @Sendable private static func namespaces(_ kept: Set<String>) -> [SeccompRule] {
        // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWPID and NEWNET of sched.h, and CLONE_NEWUSER; NEWTIME lies in what
        // is the signal for clone(2).
        let newUser: Int64 = 0x1000_0000
        let others: [Int64] = [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x2000_0000, 0x4000_0000]
        let isAdmin = kept.contains("SYS_ADMIN")
        return [("clone", isAdmin ? [] : others), ("unshare", isAdmin ? [] : others + [0x80])].flatMap { call, flags in
            let flags = [newUser] + flags
            let none = SeccompCondition(0, .masked(mask: flags.reduce(0, |), value: 0))
            return [SeccompRule([call], .allow, [none])]
                + flags.map { SeccompRule([call], .errno(1), [SeccompCondition(0, .masked(mask: $0, value: $0))]) }
        }
    }

    @Sendable private static func sockets(_ kept: Set<String>) -> [SeccompRule] {
        let netlink: Int64 = 16
        let packet: Int64 = 17
        let last = kept.contains("NET_RAW") ? packet : netlink
        let allowed = [1, 2, 10, netlink] + (last == packet ? [packet] : [])
        // A greater number in the register's upper half, which the kernel drops, is refused as well.
        return allowed.map { SeccompRule(["socket"], .allow, [SeccompCondition(0, .equal($0))]) }
            + [SeccompRule(["socket"], .errno(1), [SeccompCondition(0, .greater(last))])]
    }

    @Sendable private static func personalities(_ kept: Set<String>) -> [SeccompRule] {
        func rule(_ action: SeccompAction, mask: Int64, _ value: Int64) -> SeccompRule {
            SeccompRule(["personality"], action, [SeccompCondition(0, .masked(mask: mask, value: value))])
        }
        // Of sys/personality.h: PER_LINUX32, UNAME26, ADDR_NO_RANDOMIZE; READ_IMPLIES_EXEC, where it is not asking.
        let harmless: Int64 = 0x8 | 0x2_0000 | 0x4_0000
        let executable: Int64 = 0x40_0000
        let asking: Int64 = 0xFFFF_FFFF
        return [
            rule(.allow, mask: asking & ~harmless, 0), rule(.allow, mask: asking, asking),
            rule(.errno(1), mask: executable | 0x8000_0000, executable),
        ]
    }

    /// Refuses values of a 32-bit argument and allows all others.
    ///
    /// The kernel drops the upper half of the register, which a comparison of the whole would see; and a rule that allows
    /// "not this" can't stand beside one that allows "not that". So what is allowed is cut into prefixes: bits from the
    /// top down that lead to no refused value.
    static func excluding(_ values: [UInt32], argument: Int, of calls: [String]) -> [SeccompRule] {
        let refused = values.map { value in
            SeccompRule(calls, .errno(1), [SeccompCondition(argument, .masked(mask: 0xFFFF_FFFF, value: Int64(value)))])
        }
        var allowed: [SeccompRule] = []
        func split(_ values: [UInt32], below bit: UInt32, prefix: UInt32) {
            // All bits from `bit` up are decided.
            if values.isEmpty {
                let mask = ~(bit &- 1)
                let prefixes = SeccompCondition.Comparison.masked(mask: Int64(mask), value: Int64(prefix))
                allowed.append(SeccompRule(calls, .allow, [SeccompCondition(argument, prefixes)]))
            } else if bit != 1 {
                let next = bit == 0 ? 0x8000_0000 : bit >> 1
                for half in [0, next] {
                    split(values.filter { $0 & next == half }, below: next, prefix: prefix | half)
                }
            }
        }
        split(values, below: 0, prefix: 0)
        return refused + allowed
    }
}
