#if canImport(CSeccomp)
internal import CSeccomp

extension SeccompProfile {
    /// The kernel takes no longer program (BPF_MAXINSNS).
    package static let greatestFilter = 4096

    /// How many arguments all rules together may compare, each call of a rule counted; libseccomp needs seconds for twice
    /// as many, and minutes for what the kernel would not take.
    package static let mostComparisons = 512

    /// The filter as the kernel and bubblewrap's `--seccomp` take it: an array of struct sock_filter, 8 bytes each.
    ///
    /// Equal profiles have equal bytes under one libseccomp on one machine. A call that this machine's architectures
    /// don't have is passed over, one that libseccomp does not know as well. Calls of other architectures, x32 among
    /// them, end the process.
    ///
    /// - Throws: ``SeccompError``: rules that contradict each other, an architecture of another byte order, a filter that
    ///   is too long.
    package func compiled() throws(SeccompError) -> [UInt8] {
        let entries = entries
        let comparisons = entries.reduce(0) { $0 + $1.rule.conditions.count }
        guard entries.count <= Self.greatestFilter, comparisons <= Self.mostComparisons else {
            let message =
                "the rules name \(entries.count) calls and compare \(comparisons) arguments; "
                + "at most \(Self.greatestFilter) and \(Self.mostComparisons) are taken"
            throw SeccompError(place: "syscalls", message: message)
        }
        guard let filter = unsafe seccomp_init(defaultAction.code) else {
            throw SeccompError(operation: "make a filter", number: 12)
        }
        defer { unsafe seccomp_release(filter) }
        try unsafe prepare(filter)
        for entry in entries {
            let result = unsafe entry.rule.add(to: filter, entry.number)
            guard result != 0 else { continue }
            throw SeccompError(
                place: "syscalls[\(entry.index)]",
                message: result == -cseccomp_exists()
                    ? "contradicts an earlier rule for \(entry.name)"
                    : "libseccomp refuses it for \(entry.name): error \(-result)"
            )
        }
        return unsafe try Self.program(of: filter)
    }

    /// Calls with their rules in the order in which they are added.
    ///
    /// By falling numbers, in which libseccomp's lists grow at their heads (430 calls the other way round take 0.1 s),
    /// each call's rules as they stand. Negative numbers are first, among them that of x86's socketcall, which, where a
    /// profile has that architecture, has to come before socket.
    private var entries: [(index: Int, rule: SeccompRule, name: String, number: Int32)] {
        var entries: [(index: Int, rule: SeccompRule, name: String, number: Int32)] = []
        for (index, rule) in rules.enumerated() where rule.action != defaultAction {
            for name in rule.names {
                guard let number = LibraryNames.number(ofCall: name) else { continue }
                entries.append((index, rule, name, number))
            }
        }
        // Sorting is stable.
        return entries.sorted { UInt32(bitPattern: $0.number) > UInt32(bitPattern: $1.number) }
    }

    private func prepare(_ filter: scmp_filter_ctx) throws(SeccompError) {
        let badArchitecture = unsafe seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, cseccomp_kill_process())
        if badArchitecture != 0 {
            throw SeccompError(operation: "set the answer to other architectures", number: -badArchitecture)
        }
        // A binary tree of calls, which libseccomp up to 2.5.4 gets wrong for few rules (runc has the same threshold);
        // a library that has it not answers with an error and makes a list.
        if rules.reduce(0, { $0 + $1.names.count }) > 32 {
            _ = unsafe seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        }
        for (index, name) in architectures.enumerated() {
            guard let token = LibraryNames.token(ofArchitecture: name) else { continue }
            let result = unsafe seccomp_arch_add(filter, token)
            if result != 0, result != -cseccomp_exists() {
                let message = "\(name) can't be in one filter with this machine's: error \(-result)"
                throw SeccompError(place: "architectures[\(index)]", message: message)
            }
        }
    }

    private static func program(of filter: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
        var size = 0
        var failure: Int32 = 0
        guard let program = unsafe cseccomp_program(filter, &size, &failure) else {
            throw SeccompError(operation: "compile the filter", number: failure)
        }
        defer { unsafe cseccomp_free(program) }
        guard size / 8 <= greatestFilter else {
            let message = "the filter has \(size / 8) instructions, the kernel takes \(greatestFilter)"
            throw SeccompError(place: "", message: message)
        }
        return unsafe Array(UnsafeBufferPointer(start: program, count: size))
    }
}

extension SeccompRule {
    /// Adds the rule for one call; 0, or a negative errno.
    fileprivate func add(to filter: scmp_filter_ctx, _ call: Int32) -> Int32 {
        let comparisons = conditions.map(\.comparisonOfLibrary)
        let isOnOneArgument = Set(conditions.map(\.argument)).count < conditions.count
        guard isOnOneArgument else { return unsafe Self.add(to: filter, action.code, call, comparisons) }
        for comparison in comparisons {
            let result = unsafe Self.add(to: filter, action.code, call, [comparison])
            if result != 0 { return result }
        }
        return 0
    }

    private static func add(
        to filter: scmp_filter_ctx,
        _ action: UInt32,
        _ call: Int32,
        _ comparisons: [scmp_arg_cmp]
    ) -> Int32 {
        unsafe comparisons.withUnsafeBufferPointer { buffer in
            unsafe seccomp_rule_add_array(filter, action, call, UInt32(buffer.count), buffer.baseAddress)
        }
    }
}

extension SeccompCondition {
    fileprivate var comparisonOfLibrary: scmp_arg_cmp {
        let terms = comparison.terms
        let operation =
            switch comparison {
            case .notEqual: SCMP_CMP_NE
            case .less: SCMP_CMP_LT
            case .lessOrEqual: SCMP_CMP_LE
            case .equal: SCMP_CMP_EQ
            case .greaterOrEqual: SCMP_CMP_GE
            case .greater: SCMP_CMP_GT
            case .masked: SCMP_CMP_MASKED_EQ
            }
        return scmp_arg_cmp(
            arg: UInt32(argument),
            op: operation,
            datum_a: UInt64(bitPattern: terms.value),
            datum_b: UInt64(bitPattern: terms.second ?? 0)
        )
    }
}

extension SeccompAction {
    fileprivate var code: UInt32 {
        switch self {
        case .killProcess: cseccomp_kill_process()
        case .killThread: cseccomp_kill_thread()
        case .trap: cseccomp_trap()
        case .log: cseccomp_log()
        case .allow: cseccomp_allow()
        case .errno(let number): cseccomp_fail(number)
        case .trace(let number): cseccomp_trace(number)
        }
    }
}
#else
extension SeccompProfile {
    /// Refuses: there is no libseccomp here.
    ///
    /// - Throws: ``SeccompError``.
    package func compiled() throws(SeccompError) -> [UInt8] {
        throw SeccompError(operation: "make a filter on this system", number: 0)
    }
}
#endif
