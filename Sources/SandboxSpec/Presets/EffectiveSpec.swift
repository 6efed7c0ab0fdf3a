/// A spec with the preset's and the fields' defaults, each value with its origin.
///
/// A control is asked for when its origin is `spec`, or when it is `preset` and the value turns something on.
package struct EffectiveSpec: Sendable, Hashable {
    /// What was said: mounts, outputs, secrets and limits have no other source.
    package let spec: Spec
    /// The row whose values count.
    package let preset: Preset

    /// Absolute and inside.
    package let workdir: Sourced<String>
    /// What the command reads.
    package let stdin: Sourced<Spec.StandardInput>
    /// The launcher.
    package let runtime: Sourced<Spec.RuntimeChoice>
    /// Where the preset has the host itself, `preset.rootIsHost` says so.
    package let root: Sourced<Spec.RootSource>
    /// Without meaning for a host that can be written.
    package let writes: Sourced<Spec.Root.Writes>
    /// What is in `/dev`.
    package let devices: Sourced<Spec.Devices>
    /// What is taken from the caller's environment.
    package let inherit: Sourced<Spec.Environment.Inheritance>
    /// What network there is.
    package let network: Sourced<Spec.NetworkMode>
    /// All eight; `net` follows the network and `user` the map where the spec doesn't say.
    package let namespaces: NamespaceTable<Sourced<NamespaceSetting>>
    /// Nil is the host's; never one without a UTS namespace, but for a spec that `SpecRules` refuses.
    package let hostname: Sourced<String?>
    /// Nil is the caller's, where ids are not mapped and none is said.
    package let uid: Sourced<UInt32?>
    /// In the same way.
    package let gid: Sourced<UInt32?>
    /// How ids inside stand for ids outside.
    package let userMap: Sourced<Spec.User.Map>
    /// The filter; unconfined as `default` where neither spec nor preset has one.
    package let seccomp: Sourced<Spec.Seccomp>
    /// The preset's after the spec's drop and add.
    package let capabilities: Sourced<CapabilityBound>
    /// Nil leaves it to the runtime.
    package let noNewPrivileges: Sourced<Bool?>
    /// Covered where present.
    package let maskedPaths: Sourced<[String]>
    /// Made read-only where present.
    package let readonlyPaths: Sourced<[String]>
    /// Between TERM and KILL; never nil.
    package let grace: Sourced<TimeSpan?>
    /// Whether it has a terminal.
    package let tty: Sourced<Bool>
    /// Whether a reaper is PID 1.
    package let initProcess: Sourced<Spec.InitChoice>
    /// Which streams there are.
    package let captureMode: Sourced<Spec.Capture.Mode>
    /// Kept of each stream.
    package let captureLimit: Sourced<ByteSize>
    /// Whether the launch may come from the cache.
    package let cache: Sourced<Spec.CachePolicy>

    /// The preset's empty file systems, for the root that counts.
    package var presetTmpfs: [PresetPlace] {
        if case .host = root.value { preset.hostRootTmpfs } else { preset.otherRootTmpfs }
    }

    /// The preset's hidden places, for the root that counts: another root has nothing of the host to hide.
    package var presetHides: [PresetPlace] {
        if case .host = root.value { preset.hides } else { [] }
    }

    /// Whether a namespace is one of its own; `whenNotRoot` counts as such.
    package func has(_ namespace: Namespace) -> Bool {
        namespaces[namespace].map { $0.value != .off } ?? false
    }

    /// Adds the defaults; takes any spec, also one that `SpecRules` refuses.
    package init(_ spec: Spec) {
        let preset = Preset.named(spec.preset ?? .baseline)
        func ours<Value>(_ said: Value?, preset value: Value) -> Sourced<Value> {
            said.map { Sourced($0, .spec) } ?? Sourced(value, .preset)
        }
        func plain<Value>(_ said: Value?, _ value: Value) -> Sourced<Value> {
            said.map { Sourced($0, .spec) } ?? Sourced(value, .standard)
        }
        self.spec = spec
        self.preset = preset
        workdir = plain(spec.workdir, "/")
        stdin = plain(spec.stdin, .null)
        runtime = plain(spec.runtime, .auto)
        root = ours(spec.root.source, preset: preset.root)
        writes = plain(spec.root.writes, .deny)
        devices = ours(spec.devices, preset: preset.devices)
        inherit = plain(spec.environment.inherit, .standard)
        network = ours(spec.network, preset: preset.network)
        userMap = ours(spec.user.map, preset: preset.userMap)
        namespaces = NamespaceDefaults(spec: spec, preset: preset, network: network).all
        hostname =
            if let said = spec.hostname {
                Sourced(said, .spec)
            } else {
                Sourced(namespaces[.uts]?.value == .off ? nil : preset.hostname, .preset)
            }
        let standardID: UInt32? = userMap.value == .none ? nil : 0
        uid = plain(spec.user.uid.map(UInt32?.some), standardID)
        gid = plain(spec.user.gid.map(UInt32?.some), standardID)
        seccomp =
            spec.security.seccomp.map { Sourced($0, .spec) }
            ?? preset.seccomp.map { Sourced($0, .preset) } ?? Sourced(.unconfined, .standard)
        capabilities =
            spec.security.capabilities.map { Sourced(preset.capabilities.applying($0), .spec) }
            ?? Sourced(preset.capabilities, .preset)
        noNewPrivileges = ours(spec.security.noNewPrivileges.map(Bool?.some), preset: preset.noNewPrivileges)
        maskedPaths = ours(spec.security.maskedPaths, preset: preset.maskedPaths)
        readonlyPaths = ours(spec.security.readonlyPaths, preset: preset.readonlyPaths)
        grace = plain(spec.resources.grace.map(TimeSpan?.some), TimeSpan(Spec.Resources.standardGrace))
        tty = plain(spec.tty, false)
        initProcess = plain(spec.initProcess, .auto)
        // What a terminal shows is one stream.
        captureMode = plain(spec.capture.mode, tty.value ? .combined : .separate)
        captureLimit = plain(spec.capture.limit, Spec.Capture.standardLimit)
        cache = plain(spec.cache, .never)
    }
}
