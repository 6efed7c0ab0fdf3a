package import HostFiles

/// What of the host and the caller fills the symbols of a binding at the moment of a launch.
package struct HostView: Sendable {
    package let identity: HostIdentity
    package let accounts: Accounts
    package let mountTable: MountTable
    /// Home of the caller, real.
    package let home: String
    /// `$XDG_RUNTIME_DIR` where it is a folder, real.
    package let runtimeFolder: String?
    /// Folders that no command may see: the store's and the machine key's; those that exist, real.
    package let covered: [String]
    /// The spec's file, real; nil when there is none.
    package let specFile: String?

    package init(
        identity: HostIdentity,
        accounts: Accounts,
        environment: [String: String],
        home: String?,
        covered: [String],
        specFile: String?
    ) {
        self.identity = identity
        self.accounts = accounts
        mountTable = MountTable.current()
        let found = home ?? accounts.user(identity.user)?.home ?? "/"
        self.home = Self.real(found) ?? found
        runtimeFolder = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? Self.real($0) : nil }
        self.covered = covered.compactMap(Self.real)
        self.specFile = specFile.flatMap(Self.real)
    }

    /// The caller's login name; the number when there is none.
    package var callerName: String { accounts.user(identity.user)?.name ?? String(identity.user) }

    private static func real(_ path: String) -> String? { (try? AbsolutePath.real(path)) ?? nil }

    /// Homes of people other than the caller: folders in /home, `/root`, and homes of accounts from 1000 to 59,999
    /// (login.defs(5), UID_MIN and UID_MAX of Debian); sorted.
    package var otherHomes: [String] {
        var found: Set<String> = []
        for name in (try? Folder.names("/home")) ?? [] {
            found.insert("/home/" + String(decoding: name, as: UTF8.self))
        }
        found.insert("/root")
        for home in accounts.homes(of: 1000...59_999) where AbsolutePath.depth(home) > 0 {
            found.insert(AbsolutePath.normalised(home))
        }
        // A home may be a link to where it really is.
        return Set(found.map { Self.real($0) ?? $0 }).sorted().filter { path in
            guard let status = try? FileStatus.of(path), status.kind == .folder else { return false }
            return !AbsolutePath.contains(path, home)
        }
    }

    /// Private ssh keys of the host, `/etc/ssh/ssh_host_*_key`.
    ///
    /// Those of the usual names where the folder can't be read.
    package var sshHostKeys: [String] {
        do {
            return try Folder.names("/etc/ssh")
                .map { String(decoding: $0, as: UTF8.self) }
                .filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }
                .map { "/etc/ssh/" + $0 }
        } catch {
            return ["dsa", "ecdsa", "ed25519", "rsa"].map { "/etc/ssh/ssh_host_\($0)_key" }
                .filter { ((try? FileStatus.of($0)) ?? nil) != nil }
        }
    }
}
