/// Something that can be asked for and enforced, by the field of the spec that asks for it.
///
/// The names are those of `require`, of `--allow-degraded` and of `enforcement.json`.
package enum Control: String, Sendable, Hashable, CaseIterable {
    case broker, cache, devices, hostname, network, outputs, root, runtime, secrets, stdin, tty, user, workdir
    case captureLimit = "capture.limit"
    case captureMode = "capture.mode"
    case environment = "env"
    case initProcess = "init"
    case mountsBind = "mounts.bind"
    case mountsHide = "mounts.hide"
    case mountsOverlay = "mounts.overlay"
    case mountsReadonly = "mounts.readonly"
    case mountsSnapshot = "mounts.snapshot"
    case mountsText = "mounts.text"
    case mountsTmpfs = "mounts.tmpfs"
    case namespacesCgroup = "namespaces.cgroup"
    case namespacesIPC = "namespaces.ipc"
    case namespacesMount = "namespaces.mount"
    case namespacesNet = "namespaces.net"
    case namespacesPID = "namespaces.pid"
    case namespacesTime = "namespaces.time"
    case namespacesUser = "namespaces.user"
    case namespacesUTS = "namespaces.uts"
    case resourcesCPUs = "resources.cpus"
    case resourcesGrace = "resources.grace"
    case resourcesMemory = "resources.memory"
    case resourcesPIDs = "resources.pids"
    case resourcesRlimits = "resources.rlimits"
    case resourcesSwap = "resources.swap"
    case resourcesTimeout = "resources.timeout"
    case rootWrites = "root.writes"
    case capabilities = "security.capabilities"
    case maskedPaths = "security.maskedPaths"
    case noNewPrivileges = "security.noNewPrivileges"
    case readonlyPaths = "security.readonlyPaths"
    case seccomp = "security.seccomp"

    /// Whether it only bounds the command, so that a run without it has the same parts and may be allowed by name.
    package var isLimit: Bool {
        switch self {
        case .seccomp, .resourcesCPUs, .resourcesGrace, .resourcesMemory, .resourcesPIDs, .resourcesRlimits,
            .resourcesSwap, .resourcesTimeout:
            true
        default: false
        }
    }
}
