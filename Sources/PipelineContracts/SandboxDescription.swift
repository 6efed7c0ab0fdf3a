package import ContentAddressing

/// `description.json`: the sandbox without anything of this host; its digest is the portable one.
///
/// What the host decides stands here by symbol: `userNamespace` may be `when-not-root`, capabilities may be the
/// caller's, a mount's place may be `@other-homes`.
package struct SandboxDescription: Sendable, Hashable {
    /// Where `/` comes from.
    package enum Root: Sendable, Hashable {
        /// A fresh root with the host's top-level entries, read-only or writable.
        case hostReadOnly, hostWritable
        /// The host's own root (preset overlay).
        case hostItself
        /// A fresh root with the top-level entries of what layers come to, the bottom one first.
        ///
        /// By their digests without compression.
        case layers([Digest])
        /// A fresh root with nothing in it.
        case empty
    }

    /// Whether a user namespace of ours is made.
    package enum UserNamespace: String, Sendable, Hashable, CaseIterable {
        case always, never
        case whenNotRoot = "when-not-root"
    }

    package enum Devices: Sendable, Hashable {
        case minimal, host
        case paths([String])
    }

    package let command: [String]
    package let workdir: String
    /// Digest of `env.json`.
    package let environment: Digest
    package let stdin: StandardInput
    package let root: Root
    /// Top-level entries of the host that the root holds; nil for all.
    package let rootOnly: [String]?
    package let mounts: [MountDescription]
    package let devices: Devices
    /// Names of the namespaces that are new, sorted, without `user`.
    package let namespaces: [String]
    package let userNamespace: UserNamespace
    package let network: String
    package let hostname: String?
    package let user: UserMapping
    /// Capabilities kept, `CAP_…`, sorted; nil for the caller's.
    package let capabilities: [String]?
    /// With the caller's capabilities: those taken away and those passed on though a launcher would not.
    package let droppedCapabilities: [String]
    package let addedCapabilities: [String]
    package let noNewPrivileges: Bool
    package let maskedPaths: [String]
    package let readonlyPaths: [String]
    /// Whether a reaper is PID 1.
    package let reaper: Bool
    package let capture: CaptureRule
    package let outputs: [OutputRule]
    /// Whether the store and the machine's key are covered and the spec is read-only.
    package let coversStore: Bool
    /// Whether the command may make user namespaces of its own.
    package let allowsUserNamespaces: Bool
    /// `default`, `unconfined`, or the digest of a profile in canonical JSON.
    package let seccomp: String
    /// Nil where nothing is bounded.
    package let limits: ResourceLimits?
    /// Whether the command has a terminal of its own for its streams.
    package let terminal: Bool
    /// Sorted by their names.
    package let secrets: [SecretDescription]

    package init(
        command: [String],
        workdir: String,
        environment: Digest,
        stdin: StandardInput,
        root: Root,
        rootOnly: [String]?,
        mounts: [MountDescription],
        devices: Devices,
        namespaces: [String],
        userNamespace: UserNamespace,
        network: String,
        hostname: String?,
        user: UserMapping,
        capabilities: [String]?,
        droppedCapabilities: [String],
        addedCapabilities: [String],
        noNewPrivileges: Bool,
        maskedPaths: [String],
        readonlyPaths: [String],
        reaper: Bool,
        capture: CaptureRule,
        outputs: [OutputRule],
        coversStore: Bool,
        allowsUserNamespaces: Bool,
        seccomp: String,
        limits: ResourceLimits? = nil,
        terminal: Bool = false,
        secrets: [SecretDescription] = []
    ) {
        self.command = command
        self.workdir = workdir
        self.environment = environment
        self.stdin = stdin
        self.root = root
        self.rootOnly = rootOnly
        self.mounts = mounts
        self.devices = devices
        self.namespaces = namespaces
        self.userNamespace = userNamespace
        self.network = network
        self.hostname = hostname
        self.user = user
        self.capabilities = capabilities
        self.droppedCapabilities = droppedCapabilities
        self.addedCapabilities = addedCapabilities
        self.noNewPrivileges = noNewPrivileges
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.reaper = reaper
        self.capture = capture
        self.outputs = outputs
        self.coversStore = coversStore
        self.allowsUserNamespaces = allowsUserNamespaces
        self.seccomp = seccomp
        self.limits = limits
        self.terminal = terminal
        self.secrets = secrets
    }
}
