import HostFiles
import PipelineContracts

/// passwd(5) and group(5) for the inside: the host's lines, with the inner id bearing the caller's name.
struct AccountFiles {
    /// Nil when the host's own file says the same.
    let passwd: String?
    let group: String?

    init(host: HostView, mapping: UserMapping) {
        let user = mapping.user ?? host.identity.user
        let group = mapping.group ?? host.identity.group
        let name = host.callerName
        if host.accounts.user(user)?.name == name {
            passwd = nil
        } else {
            let mine = "\(name):x:\(user):\(group)::\(host.home):/bin/sh"
            let others = host.accounts.users.filter { $0.user != user && $0.name != name }.map(\.line)
            passwd = ([mine] + others).joined(separator: "\n") + "\n"
        }
        let groupName = host.accounts.group(host.identity.group)?.name ?? name
        if host.accounts.group(group)?.name == groupName {
            self.group = nil
        } else {
            let mine = "\(groupName):x:\(group):"
            let others = host.accounts.groups.filter { $0.group != group && $0.name != groupName }.map(\.line)
            self.group = ([mine] + others).joined(separator: "\n") + "\n"
        }
    }
}
