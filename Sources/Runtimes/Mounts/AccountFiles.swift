import HostFiles
import PipelineContracts

/// passwd(5) and group(5) for the inside: the root's lines, with the inner id bearing the caller's name.
struct AccountFiles {
    /// Nil when the root's own file says the same.
    let passwd: String?
    let group: String?

    /// `accounts` are those that the root has; with `isOwn` it is another than the host's, and knows no home of the caller.
    init(host: HostView, accounts: Accounts, mapping: UserMapping, isOwn: Bool) {
        let user = mapping.user ?? host.identity.user
        let group = mapping.group ?? host.identity.group
        let name = host.callerName
        let present = accounts.user(user)
        if present?.name == name {
            passwd = nil
        } else {
            let home = isOwn ? present?.home ?? "/" : host.home
            let mine = "\(name):x:\(user):\(group)::\(home):/bin/sh"
            let others = accounts.users.filter { $0.user != user && $0.name != name }.map(\.line)
            passwd = ([mine] + others).joined(separator: "\n") + "\n"
        }
        let groupName = host.accounts.group(host.identity.group)?.name ?? name
        if accounts.group(group)?.name == groupName {
            self.group = nil
        } else {
            let mine = "\(groupName):x:\(group):"
            let others = accounts.groups.filter { $0.group != group && $0.name != groupName }.map(\.line)
            self.group = ([mine] + others).joined(separator: "\n") + "\n"
        }
    }
}
