/// The words that the OCI runtime specification (1.2, config-linux, Seccomp) has for seccomp.
enum SeccompTerms {
    static let notify = "SCMP_ACT_NOTIFY"

    static let actions = [
        "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
        "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", notify,
    ]

    static let operators = [
        "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", masked,
    ]

    static let masked = "SCMP_CMP_MASKED_EQ"

    static let flags = [
        "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    ]

    static let architectures = [
        "X86", "X86_64", "X32", "ARM", "AARCH64", "LOONGARCH64", "M68K", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL",
        "MIPSEL64", "MIPSEL64N32", "PPC", "PPC64", "PPC64LE", "S390", "S390X", "SH", "SHEB", "PARISC", "PARISC64",
        "RISCV64",
    ].map { architecturePrefix + $0 }

    static let architecturePrefix = "SCMP_ARCH_"
}

extension SeccompAction {
    /// The OCI name.
    var term: String {
        switch self {
        case .killProcess: "SCMP_ACT_KILL_PROCESS"
        case .killThread: "SCMP_ACT_KILL_THREAD"
        case .trap: "SCMP_ACT_TRAP"
        case .log: "SCMP_ACT_LOG"
        case .allow: "SCMP_ACT_ALLOW"
        case .errno: "SCMP_ACT_ERRNO"
        case .trace: "SCMP_ACT_TRACE"
        }
    }

    /// The number that goes with it, `errnoRet`.
    var number: UInt16? {
        switch self {
        case .errno(let number), .trace(let number): number
        default: nil
        }
    }

    /// The action of an OCI name; without a number, `errno` and `trace` have EPERM's (runc, crun).
    init?(term: String, number: UInt16?) {
        switch term {
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": self = .killThread
        case "SCMP_ACT_KILL_PROCESS": self = .killProcess
        case "SCMP_ACT_TRAP": self = .trap
        case "SCMP_ACT_LOG": self = .log
        case "SCMP_ACT_ALLOW": self = .allow
        case "SCMP_ACT_ERRNO": self = .errno(number ?? 1)
        case "SCMP_ACT_TRACE": self = .trace(number ?? 1)
        default: return nil
        }
    }
}

extension SeccompCondition.Comparison {
    /// The OCI name with `value` and `valueTwo`, which masks alone have.
    var terms: (operator: String, value: Int64, second: Int64?) {
        switch self {
        case .notEqual(let value): ("SCMP_CMP_NE", value, nil)
        case .less(let value): ("SCMP_CMP_LT", value, nil)
        case .lessOrEqual(let value): ("SCMP_CMP_LE", value, nil)
        case .equal(let value): ("SCMP_CMP_EQ", value, nil)
        case .greaterOrEqual(let value): ("SCMP_CMP_GE", value, nil)
        case .greater(let value): ("SCMP_CMP_GT", value, nil)
        case .masked(let mask, let value): (SeccompTerms.masked, mask, value)
        }
    }

    /// The comparison of an OCI name.
    init?(term: String, value: Int64, second: Int64) {
        switch term {
        case "SCMP_CMP_NE": self = .notEqual(value)
        case "SCMP_CMP_LT": self = .less(value)
        case "SCMP_CMP_LE": self = .lessOrEqual(value)
        case "SCMP_CMP_EQ": self = .equal(value)
        case "SCMP_CMP_GE": self = .greaterOrEqual(value)
        case "SCMP_CMP_GT": self = .greater(value)
        case SeccompTerms.masked: self = .masked(mask: value, value: second)
        default: return nil
        }
    }
}
