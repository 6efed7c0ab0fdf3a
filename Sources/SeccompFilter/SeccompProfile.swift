/// Which system calls a process may make, and what becomes of the others: `linux.seccomp` of an OCI config.json.
///
/// Rules count in their order. Of two rules for one call the one without conditions wins, and conditions that contradict
/// each other are an error of the compiler, as libseccomp has it and so runc and crun.
package struct SeccompProfile: Sendable, Hashable {
    /// What becomes of a call that no rule names, an unknown number among them.
    package let defaultAction: SeccompAction
    /// Architectures by their OCI names (`SCMP_ARCH_X86`), which this machine's own is always one of; calls of others
    /// end the process.
    package let architectures: [String]
    /// Flags of seccomp(2) by their OCI names; nil when the profile does not say.
    ///
    /// That means `SECCOMP_FILTER_FLAG_SPEC_ALLOW` to runc and crun. A compiled filter has none: who loads it gives them.
    package let flags: [String]?
    package let rules: [SeccompRule]

    /// Which libseccomp compiles, as "libseccomp 2.5.4".
    package static var libraryVersion: String { LibraryNames.library }

    package init(
        defaultAction: SeccompAction,
        architectures: [String] = [],
        flags: [String]? = nil,
        rules: [SeccompRule]
    ) {
        self.defaultAction = defaultAction
        self.architectures = architectures
        self.flags = flags
        self.rules = rules
    }
}

/// What becomes of some calls: a member of `linux.seccomp.syscalls`.
package struct SeccompRule: Sendable, Hashable {
    /// Calls by name; never empty.
    package let names: [String]
    package let action: SeccompAction
    /// All of these hold, or the rule does not; but of conditions on one and the same argument one is enough (runc).
    package let conditions: [SeccompCondition]

    package init(_ names: [String], _ action: SeccompAction, _ conditions: [SeccompCondition] = []) {
        self.names = names
        self.action = action
        self.conditions = conditions
    }
}

/// A comparison of one argument, which has 64 bits whatever the kernel makes of them.
package struct SeccompCondition: Sendable, Hashable {
    /// 0 to 5.
    package let argument: Int
    package let comparison: Comparison

    package enum Comparison: Sendable, Hashable {
        case notEqual(Int64), less(Int64), lessOrEqual(Int64), equal(Int64), greaterOrEqual(Int64), greater(Int64)
        /// The bits of the mask are those of the value.
        case masked(mask: Int64, value: Int64)
    }

    package init(_ argument: Int, _ comparison: Comparison) {
        self.argument = argument
        self.comparison = comparison
    }
}

/// What becomes of a call.
package enum SeccompAction: Sendable, Hashable {
    case killProcess, killThread, trap, log, allow
    /// Fails with that errno, 0 to 4094, and does nothing.
    case errno(UInt16)
    /// Tells the tracer, which gets that number; without a tracer the call fails with ENOSYS.
    case trace(UInt16)
}
