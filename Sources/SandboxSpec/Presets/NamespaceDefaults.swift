/// Which namespaces a spec has, and who said so.
struct NamespaceDefaults {
    let spec: Spec
    let preset: Preset
    let network: Sourced<Spec.NetworkMode>

    /// All eight kinds.
    var all: NamespaceTable<Sourced<NamespaceSetting>> {
        var settings = NamespaceTable<Sourced<NamespaceSetting>>()
        for namespace in Namespace.allCases { settings[namespace] = setting(namespace) }
        return settings
    }

    private func setting(_ namespace: Namespace) -> Sourced<NamespaceSetting> {
        if let said = spec.namespaces[namespace] { return Sourced(said ? .on : .off, .spec) }
        switch namespace {
        case .time: return Sourced(.off, .standard)
        case .net: return Sourced(network.value == .none ? .on : .off, network.origin)
        case .user: return user
        default: return Sourced(preset.namespaces[namespace] ?? .off, .preset)
        }
    }

    /// A map that was said brings its namespace, or keeps it out; under `single` the preset decides about root.
    private var user: Sourced<NamespaceSetting> {
        switch spec.user.map {
        case .subids: Sourced(.on, .spec)
        case .none?: Sourced(.off, .spec)
        case .single where preset.namespaces[.user] == nil: Sourced(.whenNotRoot, .spec)
        case .single, nil: Sourced(preset.namespaces[.user] ?? .off, .preset)
        }
    }
}
