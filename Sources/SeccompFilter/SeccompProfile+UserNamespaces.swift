extension SeccompProfile {
    /// The same profile, but for new user namespaces, which fail: what ``UserNamespaceGuard`` does beside a profile, for
    /// where there can be one filter only.
    ///
    /// Whatever it refused it refuses still. A rule that lets clone(2) or unshare(2) through does so for calls without
    /// CLONE_NEWUSER; clone3(2), whose flags a filter can't see, fails with ENOSYS where it was let through.
    ///
    /// - Returns: nil where a rule compares the flags otherwise than by bits, to which nothing can be added.
    package func refusingUserNamespaces() -> SeccompProfile? {
        var rules: [SeccompRule] = []
        var letsClone3 = defaultAction.letsThrough
        for rule in self.rules {
            let others = rule.names.filter { !Self.flagged.contains($0) && $0 != Self.hidden }
            let isWhole = others.count == rule.names.count
            if isWhole || !rule.action.letsThrough {
                rules.append(rule)
                continue
            }
            if !others.isEmpty { rules.append(SeccompRule(others, rule.action, rule.conditions)) }
            if rule.names.contains(Self.hidden) { letsClone3 = true }
            let bounded = rule.names.filter(Self.flagged.contains)
            guard !bounded.isEmpty else { continue }
            switch Self.withoutFlag(rule.conditions) {
            case .conditions(let conditions): rules.append(SeccompRule(bounded, rule.action, conditions))
            case .never: continue
            case .unknown: return nil
            }
        }
        if defaultAction.letsThrough {
            let flag = SeccompCondition(0, .masked(mask: Self.newUser, value: Self.newUser))
            rules.append(SeccompRule(Self.flagged, .errno(1), [flag]))
        }
        // A rule of the file's own that refuses it whole stands, as two would contradict each other.
        let isRefusedByRule = self.rules.contains { rule in
            rule.names.contains(Self.hidden) && rule.conditions.isEmpty && !rule.action.letsThrough
        }
        if letsClone3, !isRefusedByRule { rules.append(SeccompRule([Self.hidden], .errno(38))) }
        return SeccompProfile(
            defaultAction: defaultAction,
            architectures: architectures,
            flags: flags,
            rules: rules
        )
    }

    /// CLONE_NEWUSER of sched.h.
    private static let newUser: Int64 = 0x1000_0000
    /// Calls whose first argument has the flags.
    private static let flagged = ["clone", "unshare"]
    /// The one with flags in memory.
    private static let hidden = "clone3"

    private enum Bounded {
        case conditions([SeccompCondition])
        /// They hold for calls with the flag only.
        case never
        case unknown
    }

    /// The same conditions, and that the flag is not set.
    private static func withoutFlag(_ conditions: [SeccompCondition]) -> Bounded {
        let ofFlags = conditions.filter { $0.argument == 0 }
        guard let condition = ofFlags.first else {
            return .conditions(conditions + [SeccompCondition(0, .masked(mask: newUser, value: 0))])
        }
        guard ofFlags.count == 1 else { return .unknown }
        switch condition.comparison {
        case .equal(let value): return value & newUser == 0 ? .conditions(conditions) : .never
        case .masked(let mask, let value):
            if value & newUser != 0 { return .never }
            let bounded = SeccompCondition(0, .masked(mask: mask | newUser, value: value))
            return .conditions(conditions.map { $0.argument == 0 ? bounded : $0 })
        default: return .unknown
        }
    }
}

extension SeccompAction {
    /// Whether the call is made, or a tracer may have it made.
    fileprivate var letsThrough: Bool {
        switch self {
        case .allow, .log, .trace: true
        case .errno, .trap, .killProcess, .killThread: false
        }
    }
}
