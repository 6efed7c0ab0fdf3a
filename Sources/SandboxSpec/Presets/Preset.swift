/// What a preset supplies where a spec is silent (SPEC.md, presets).
package struct Preset: Sendable, Hashable {
    /// The presets there are.
    package enum Name: String, Sendable, Hashable, CaseIterable {
        case baseline, restricted, privileged, overlay
    }

    /// Which of them this is.
    package let name: Name
    /// Those that are not `off`.
    package let namespaces: NamespaceTable<NamespaceSetting>
    /// What network there is.
    package let network: Spec.NetworkMode
    /// Nil is the host's.
    package let hostname: String?
    /// What is in `/dev`.
    package let devices: Spec.Devices
    /// How ids inside stand for ids outside.
    package let userMap: Spec.User.Map
    /// Where `/` comes from.
    package let root: Spec.RootSource
    /// Whether `/` is the host's own and not a fresh root that holds the host's entries.
    package let rootIsHost: Bool
    /// The host's top-level entries that a fresh root holds, as globs; nil for all.
    package let rootEntries: [Glob]?
    /// Nil in this version leaves out the filter that SPEC.md gives it, until there is one.
    package let seccomp: Spec.Seccomp?
    /// What the command may have.
    package let capabilities: CapabilityBound
    /// Whether `security.capabilities.add` is allowed.
    package let allowsAdding: Bool
    /// Nil leaves it to the runtime.
    package let noNewPrivileges: Bool?
    /// Covered where present.
    package let maskedPaths: [String]
    /// Made read-only where present.
    package let readonlyPaths: [String]
    /// Empty tmpfs when the root is the host's.
    package let hostRootTmpfs: [PresetPlace]
    /// Empty tmpfs when the root is another one.
    package let otherRootTmpfs: [PresetPlace]
    /// Hidden when the root is the host's; what the spec mounts by name stays in sight.
    package let hides: [PresetPlace]
    /// Whether every mount ignores setuid bits.
    package let nosuid: Bool
    /// Whether supplementary groups that the caller can't drop are an error.
    package let refusesGroups: Bool

    /// The row of the table with that name.
    package static func named(_ name: Name) -> Preset {
        switch name {
        case .baseline: baseline
        case .restricted: restricted
        case .privileged: privileged
        case .overlay: overlay
        }
    }
}
