package import JSONText
package import SandboxSpec

/// An attempt that a control forbids where it is enforced, and that `doctor --prove` makes.
package struct ForbiddenProbe: Sendable {
    /// Stable, in kebab-case.
    package let id: String
    package let control: Control
    private let condition: Condition

    /// What has to be asked of the control, or it forbids something else.
    private enum Condition {
        case any
        case exactly(JSONValue)
        /// A list that has it.
        case listing(String)
        /// None of the capabilities is kept that allow it (names without `CAP_`).
        case without([String])
        /// The default filter, and none of those capabilities.
        case filter([String])

        func holds(_ asked: JSONValue, _ kept: Set<String>?) -> Bool {
            switch self {
            case .any: true
            case .exactly(let value): asked == value
            case .listing(let item): asked.arrayValue?.contains(.string(item)) == true
            case .without(let names): kept?.isDisjoint(with: names) == true
            case .filter(let names):
                asked == "default" && (names.isEmpty || kept?.isDisjoint(with: names) == true)
            }
        }
    }

    private init(_ control: Control, _ condition: Condition, _ id: String) {
        self.id = id
        self.control = control
        self.condition = condition
    }

    /// The probes that a control forbids as it is asked for, sorted.
    ///
    /// `capabilities` are those that the command keeps; nil for the caller's, whichever they are.
    package static func ids(of control: Control, asked: JSONValue, capabilities: [Capability]?) -> [String] {
        let kept = capabilities.map { Set($0.map { String($0.name.dropFirst(4)) }) }
        return all.filter { $0.control == control && $0.condition.holds(asked, kept) }.map(\.id).sorted()
    }

    /// The controls that forbid a probe: one that is enforced is enough.
    package static func controls(forbidding id: String) -> [Control] { all.filter { $0.id == id }.map(\.control) }

    /// Every probe that a control forbids, once for each such control.
    package static let all: [ForbiddenProbe] = [
        ForbiddenProbe(.mountsHide, .any, "move-hidden"), ForbiddenProbe(.mountsHide, .any, "read-hidden"),
        ForbiddenProbe(.mountsHide, .listing("/etc/shadow"), "read-shadow"),
        ForbiddenProbe(.mountsHide, .listing("@ssh-host-keys"), "read-host-keys"),
        ForbiddenProbe(.mountsHide, .listing("@other-homes"), "read-other-home"),
        ForbiddenProbe(.mountsHide, .listing("@root-home"), "read-root-home"),
        ForbiddenProbe(.mountsReadonly, .any, "write-readonly"),
        ForbiddenProbe(.root, readOnlyHost, "read-store"), ForbiddenProbe(.root, readOnlyHost, "write-cgroup"),
        ForbiddenProbe(.root, readOnlyHost, "write-etc"), ForbiddenProbe(.root, readOnlyHost, "write-usr"),
        ForbiddenProbe(.readonlyPaths, .listing("/proc/sys"), "write-proc-sys"),
        ForbiddenProbe(.readonlyPaths, .listing("/proc/sysrq-trigger"), "write-sysrq"),
        ForbiddenProbe(.maskedPaths, .listing("/proc/kcore"), "read-masked"),
        ForbiddenProbe(.devices, .exactly("minimal"), "open-device"),
        ForbiddenProbe(.network, .exactly("none"), "connect-to-host"),
        ForbiddenProbe(.seccomp, .filter(["BPF", "SYS_ADMIN"]), "bpf"),
        ForbiddenProbe(.seccomp, .filter([]), "io-uring"), ForbiddenProbe(.seccomp, .filter([]), "keyctl"),
        ForbiddenProbe(.seccomp, .filter(["SYS_MODULE"]), "load-module"),
        ForbiddenProbe(.seccomp, .filter(["MKNOD"]), "make-device"),
        ForbiddenProbe(.seccomp, .filter(["SYS_ADMIN"]), "mount"),
        ForbiddenProbe(.seccomp, .filter(["NET_RAW"]), "packet-socket"),
        ForbiddenProbe(.seccomp, .filter(["SYS_PTRACE"]), "ptrace-init"),
        ForbiddenProbe(.seccomp, .filter(["FSETID"]), "set-user-id"),
        ForbiddenProbe(.seccomp, .filter([]), "unshare"), ForbiddenProbe(.seccomp, .filter([]), "vsock"),
        ForbiddenProbe(.capabilities, .without(["SYS_MODULE"]), "load-module"),
        ForbiddenProbe(.capabilities, .without(["MKNOD"]), "make-device"),
        ForbiddenProbe(.capabilities, .without(["SYS_ADMIN"]), "mount"),
        ForbiddenProbe(.capabilities, .without(["NET_RAW"]), "packet-socket"),
        ForbiddenProbe(.capabilities, .without(["NET_RAW"]), "raw-socket"),
        ForbiddenProbe(.noNewPrivileges, .exactly(true), "new-privileges"),
        ForbiddenProbe(.resourcesPIDs, .any, "more-processes"), ForbiddenProbe(.resourcesMemory, .any, "more-memory"),
        ForbiddenProbe(.namespacesCgroup, .any, "host-cgroup-namespace"),
        ForbiddenProbe(.namespacesCgroup, .any, "write-cgroup"),
        ForbiddenProbe(.namespacesIPC, .any, "host-ipc-namespace"),
        ForbiddenProbe(.namespacesMount, .any, "host-mnt-namespace"),
        ForbiddenProbe(.namespacesNet, .any, "host-net-namespace"),
        ForbiddenProbe(.namespacesPID, .any, "host-pid-namespace"),
        ForbiddenProbe(.namespacesUser, .any, "host-user-namespace"),
        ForbiddenProbe(.namespacesUTS, .any, "host-uts-namespace"),
    ]

    private static let readOnlyHost = Condition.exactly(["host": "ro"])
}
