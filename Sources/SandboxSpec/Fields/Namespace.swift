/// A kind of namespace (namespaces(7)), by its name in the spec.
package enum Namespace: String, Sendable, Hashable, CaseIterable {
    case pid, ipc, uts, mount, cgroup, net, user, time

    /// Its place in `NamespaceTable`.
    var index: Int {
        switch self {
        case .pid: 0
        case .ipc: 1
        case .uts: 2
        case .mount: 3
        case .cgroup: 4
        case .net: 5
        case .user: 6
        case .time: 7
        }
    }

    /// The control that enforcement calls it by.
    package var control: Control {
        switch self {
        case .pid: .namespacesPID
        case .ipc: .namespacesIPC
        case .uts: .namespacesUTS
        case .mount: .namespacesMount
        case .cgroup: .namespacesCgroup
        case .net: .namespacesNet
        case .user: .namespacesUser
        case .time: .namespacesTime
        }
    }
}
