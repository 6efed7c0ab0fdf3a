/// What is wrong with a spec of the right shape: contradictions, and limits of the system that no field has alone.
package enum SpecRules {
    /// Every problem, in the order of the rules; the source of each is empty.
    ///
    /// With `runtime` the rules of that launcher count where the spec leaves the choice to `auto`.
    package static func problems(in spec: Spec, runtime: Spec.RuntimeChoice? = nil) -> [SpecError] {
        let said = spec.runtime ?? .auto
        let facts = RuleFacts(
            spec: spec,
            effective: EffectiveSpec(spec),
            runtime: said == .auto ? runtime ?? .auto : said
        )
        return CommandRules.problems(facts) + NamespaceRules.problems(facts) + PresetRules.problems(facts)
            + MountRules.problems(facts) + FieldRules.problems(facts) + HermeticRules.problems(facts)
    }
}

/// What each group of rules looks at.
struct RuleFacts {
    let spec: Spec
    let effective: EffectiveSpec
    let runtime: Spec.RuntimeChoice

    /// How messages name a value that the spec need not have said.
    func naming<Value>(_ field: String, _ value: String, _ sourced: Sourced<Value>) -> String {
        sourced.origin == .preset
            ? "\(field) \(value) of preset \"\(effective.preset.name.rawValue)\"" : "\(field) \(value)"
    }
}
