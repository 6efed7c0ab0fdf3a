/// What presets and launchers don't go with.
enum PresetRules {
    static func problems(_ facts: RuleFacts) -> [SpecError] {
        var problems = runtime(facts)
        if facts.effective.preset.rootIsHost { problems += overlay(facts) }
        let writesHost = facts.effective.root.value == .host(.readWrite) && !facts.effective.preset.rootIsHost
        if facts.spec.root.writes != nil, writesHost {
            problems.append(
                SpecError(
                    field: "root.writes",
                    message: "contradicts \(facts.naming("root.host", "\"rw\"", facts.effective.root))"
                )
            )
        }
        if !facts.effective.preset.allowsAdding, facts.spec.security.capabilities?.add.isEmpty == false {
            problems.append(
                SpecError(
                    field: "security.capabilities.add",
                    message: "contradicts preset \"\(facts.effective.preset.name.rawValue)\", which allows none"
                )
            )
        }
        return problems
    }

    private static func runtime(_ facts: RuleFacts) -> [SpecError] {
        var problems: [SpecError] = []
        let isOverlay = facts.effective.preset.rootIsHost
        if isOverlay, ![.auto, .bwrap, .direct].contains(facts.runtime) {
            problems.append(
                SpecError(
                    field: "runtime",
                    message: "\"\(facts.runtime.rawValue)\" contradicts preset \"overlay\"",
                    hint: "preset overlay takes bwrap and direct"
                )
            )
        }
        if facts.runtime == .direct, !isOverlay {
            let preset = facts.effective.preset.name.rawValue
            problems.append(
                SpecError(
                    field: "runtime",
                    message: "\"direct\" contradicts preset \"\(preset)\"",
                    hint: "direct contains nothing, and takes preset overlay alone"
                )
            )
        }
        if facts.runtime == .bwrap, facts.spec.security.noNewPrivileges == false {
            problems.append(
                SpecError(
                    field: "security.noNewPrivileges",
                    message: "false contradicts runtime \"bwrap\", which always sets it"
                )
            )
        }
        return problems
    }

    /// Under overlay the root is the host itself, with its devices, network, hostname and ids.
    private static func overlay(_ facts: RuleFacts) -> [SpecError] {
        let spec = facts.spec
        var fields: [String] = []
        if spec.root != Spec.Root() { fields.append("root") }
        if let devices = spec.devices, devices != .host { fields.append("devices") }
        if spec.network == Spec.NetworkMode.none { fields.append("network") }
        if spec.hostname != nil { fields.append("hostname") }
        if spec.user.uid != nil || spec.user.gid != nil || (spec.user.map ?? .none) != .none { fields.append("user") }
        return fields.map { field in
            SpecError(
                field: field,
                message: "contradicts preset \"overlay\", which leaves the host's",
                hint: "leave \(field) out, or take another preset"
            )
        }
    }
}
