/// Contradictions between namespaces and what needs them; each names both fields.
enum NamespaceRules {
    static func problems(_ facts: RuleFacts) -> [SpecError] {
        var problems: [SpecError] = []
        if let problem = network(facts) { problems.append(problem) }
        if let problem = hostname(facts) { problems.append(problem) }
        if let problem = user(facts) { problems.append(problem) }
        return problems
    }

    private static func network(_ facts: RuleFacts) -> SpecError? {
        guard let ours = facts.spec.namespaces[.net] else { return nil }
        let network = facts.effective.network
        guard ours != (network.value == .none) else { return nil }
        let name = facts.naming("network", "\"\(network.value.rawValue)\"", network)
        return SpecError(
            field: "namespaces.net",
            message: "\(ours) contradicts \(name)",
            hint: "set network to \"\(ours ? "none" : "host")\", or leave namespaces.net out"
        )
    }

    private static func hostname(_ facts: RuleFacts) -> SpecError? {
        guard facts.spec.hostname != nil, !facts.effective.has(.uts),
            let uts = facts.effective.namespaces[.uts]
        else { return nil }
        return SpecError(
            field: "hostname",
            message: "needs a namespace of its own, which contradicts \(facts.naming("namespaces.uts", "false", uts))",
            hint: "set namespaces.uts to true, or leave hostname out"
        )
    }

    private static func user(_ facts: RuleFacts) -> SpecError? {
        guard let ours = facts.spec.namespaces[.user] else { return nil }
        switch (facts.spec.user.map, ours) {
        case (.subids, false):
            return SpecError(field: "user.map", message: "\"subids\" contradicts namespaces.user false")
        case (.none?, true):
            return SpecError(field: "user.map", message: "\"none\" contradicts namespaces.user true")
        default:
            return nil
        }
    }
}
