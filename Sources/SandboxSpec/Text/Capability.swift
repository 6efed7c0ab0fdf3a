/// One of the 41 capabilities of capabilities(7), Linux 5.9 and later.
package struct Capability: Sendable, Hashable, Comparable {
    /// The kernel's number, 0 to 40 (linux/capability.h).
    package let number: UInt8

    /// The name as capabilities(7) writes it, `CAP_KILL`.
    package var name: String { "CAP_" + Self.shortNames[Int(number)] }

    /// Those of a mask as `/proc/self/status` has it: 16 hex digits.
    package static func list(mask: String) -> [Capability] {
        let bits = UInt64(mask, radix: 16) ?? 0
        return shortNames.indices.filter { bits & (1 << $0) != 0 }.map { Capability(number: UInt8($0)) }
    }

    /// Takes a name in either case, with or without `CAP_`; nil when it is not known.
    package init?(_ name: String) {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var short = name.uppercased()
        if short.utf8.starts(with: "CAP_".utf8) { short = String(short.dropFirst(4)) }
        guard let index = Self.shortNames.firstIndex(of: short) else { return nil }
        number = UInt8(index)
    }

    private init(number: UInt8) { self.number = number }

    /// All of them, by number.
    package static let all: [Capability] = shortNames.indices.map { Capability(number: UInt8($0)) }
    /// Send signals to any process (5).
    package static let kill = Capability(number: 5)
    /// Change the bounding set and drop capabilities (8).
    package static let setpcap = Capability(number: 8)
    /// Bind ports below 1024 (10).
    package static let netBindService = Capability(number: 10)

    /// By name, the order of canonical text.
    package static func < (left: Capability, right: Capability) -> Bool { left.name < right.name }

    private static let shortNames = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]
}
