/// The capabilities that the command may have.
package enum CapabilityBound: Sendable, Hashable {
    /// These and no others, sorted by name.
    case exactly([Capability])
    /// The caller's, less some and with some that the caller has and would not pass on.
    case callers(dropping: [Capability], adding: [Capability])

    /// The bound after a spec's rules: first drop, then add.
    package func applying(_ rules: Spec.CapabilityRules) -> CapabilityBound {
        if rules.drop.isEmpty, rules.add.isEmpty, !rules.dropsAll { return self }
        if rules.dropsAll { return .exactly(rules.add) }
        switch self {
        case .exactly(let held):
            return .exactly(Set(held).subtracting(rules.drop).union(rules.add).sorted())
        case .callers(let dropping, let adding):
            return .callers(
                dropping: Set(dropping).union(rules.drop).subtracting(rules.add).sorted(),
                adding: Set(adding).subtracting(rules.drop).union(rules.add).sorted()
            )
        }
    }
}
