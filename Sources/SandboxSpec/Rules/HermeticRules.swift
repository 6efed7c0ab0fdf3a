/// What `cache: hermetic` rules out: all by which bytes that are no artefact could be read inside (SPEC.md, hermetic).
enum HermeticRules {
    static func problems(_ facts: RuleFacts) -> [SpecError] {
        let spec = facts.spec
        guard spec.cache == .hermetic else { return [] }
        var problems: [SpecError] = []
        func refuse(_ field: String, _ reason: String) {
            problems.append(SpecError(field: field, message: "\(reason) contradicts cache \"hermetic\""))
        }
        switch facts.effective.root.value {
        case .oci, .tar, .folder, .empty: break
        case .host: refuse("root", facts.naming("host", "root", facts.effective.root))
        case .image: refuse("root.image", "a registry's image")
        }
        for (index, mount) in spec.mounts.enumerated() {
            guard case .bind(let bind) = mount, bind.mode != .snapshot else { continue }
            refuse(FieldPath.item(index, in: "mounts"), "mode \"\(bind.mode.rawValue)\"")
        }
        if spec.broker != nil { refuse("broker", "a broker") }
        for (name, secret) in spec.secrets.sorted(by: { $0.key < $1.key }) {
            guard let rule = secret.keyRule, rule != .hmac else { continue }
            refuse(FieldPath.key(name, in: "secrets") + ".key", "\"\(rule.rawValue)\"")
        }
        if spec.stdin == .inherit { refuse("stdin", "\"inherit\"") }
        if spec.tty == true { refuse("tty", "a terminal") }
        if facts.effective.devices.value != .minimal { refuse("devices", "a host's device") }
        if facts.effective.network.value == .host { refuse("network", "\"host\"") }
        if facts.runtime == .direct { refuse("runtime", "\"direct\"") }
        return problems
    }
}
