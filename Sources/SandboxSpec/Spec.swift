/// One sandboxed command as SPEC.md declares it: what was said, and nothing of presets and defaults.
///
/// Nil and empty stand for "not said". `SpecText` makes specs that were checked; `EffectiveSpec` adds the defaults.
package struct Spec: Sendable, Hashable {
    /// The version of the format, and the only value of `schema`.
    package static let schema = "sbxpipe.spec/v1"

    /// What `ls` and REF call it; always valid by `SpecName`.
    package var name: String
    /// Whether the spec says the name, which else comes from its file or its command.
    package var saysName: Bool
    /// The arguments, the first of them the command; empty only when the root's image is to name one.
    package var command: [String]
    /// Absolute and inside.
    package var workdir: String?
    /// What the command reads.
    package var stdin: StandardInput?
    /// Which launcher runs it.
    package var runtime: RuntimeChoice?
    /// Whose defaults count.
    package var preset: Preset.Name?
    /// The root file system.
    package var root = Root()
    /// In the order of the text, which is not the order in which they apply.
    package var mounts: [Mount] = []
    /// What is in `/dev`.
    package var devices: Devices?
    /// The rules of the environment.
    package var environment = Environment()
    /// A broker's socket and shim.
    package var broker: Broker?
    /// By the name of the variable or file inside.
    package var secrets: [String: Secret] = [:]
    /// What network it sees.
    package var network: NetworkMode?
    /// Those that override the preset.
    package var namespaces = NamespaceTable<Bool>()
    /// Inside a UTS namespace.
    package var hostname: String?
    /// Who it is inside.
    package var user = User()
    /// What it may do to the kernel.
    package var security = Security()
    /// Its bounds.
    package var resources = Resources()
    /// Whether it has a terminal.
    package var tty: Bool?
    /// Whether a reaper is PID 1.
    package var initProcess: InitChoice?
    /// How its output is kept.
    package var capture = Capture()
    /// What is collected afterwards.
    package var outputs: [Output] = []
    /// Whether the launch may come from the cache.
    package var cache: CachePolicy?
    /// Controls that `--allow-degraded` may not waive.
    package var require: [Control] = []
    /// Part of no key.
    package var annotations: [String: String] = [:]

    /// A spec that says its command, and its name if that is told.
    package init(name: String, saysName: Bool = false, command: [String]) {
        self.name = name
        self.saysName = saysName
        self.command = command
    }
}
