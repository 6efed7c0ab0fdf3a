/// Something of the host that a portable description names by symbol and a binding resolves.
package enum HostSymbol: String, Sendable, Hashable, CaseIterable {
    /// The caller's runtime folder, `$XDG_RUNTIME_DIR`.
    case callerRuntime = "caller-runtime"
    /// The homes of everybody but the caller.
    case otherHomes = "other-homes"
    /// `/root`, where the caller is root.
    case rootHome = "root-home"
    /// The host's private ssh keys, `/etc/ssh/ssh_host_*_key`.
    case sshHostKeys = "ssh-host-keys"
}

/// A place that a preset covers: one path, or what a symbol stands for on this host.
package enum PresetPlace: Sendable, Hashable {
    case path(String)
    case symbol(HostSymbol)
}
