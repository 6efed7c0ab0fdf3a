package import ContentAddressing
package import HostFiles

/// The secret of this user on this machine, by which records of our own are told from others'.
package enum MachineKey {
    /// Home of the caller: `$HOME`, else what passwd(5) says.
    package static func home(_ environment: [String: String], _ identity: HostIdentity) -> String? {
        if let home = environment["HOME"], home.hasPrefix("/") { return AbsolutePath.normalised(home) }
        return Accounts.ofHost().user(identity.user)?.home
    }

    /// `$XDG_STATE_HOME/sbxpipe`, the folder of the key; never inside a store.
    package static func folder(
        _ environment: [String: String],
        _ identity: HostIdentity
    ) throws(StoreError) -> String {
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return AbsolutePath.join(base, "sbxpipe") }
        guard let home = home(environment, identity) else {
            throw StoreError(.system, "no home folder to keep the machine's key in", hint: "set XDG_STATE_HOME")
        }
        return AbsolutePath.join(home, ".local/state/sbxpipe")
    }

    /// Reads the key, or makes one (32 random bytes, mode 0600); two processes at once end up with the same.
    package static func load(from folder: String) throws(StoreError) -> KeyedDigest {
        let path = AbsolutePath.join(folder, "key")
        do throws(FileError) {
            if let key = try read(path) { return KeyedDigest(key: key) }
            try Folder.makeAll(folder)
            let temporary = path + "." + Digest.hexText(HostSystem.randomBytes(8))
            let file = try OwnedDescriptor.open(temporary, [.write, .create, .exclusive, .noFollow], mode: 0o600)
            try FileContent.write(HostSystem.randomBytes(32), to: file.number, path: temporary)
            if try !Folder.renameWithoutReplacing(temporary, to: path) { try Folder.removeFile(temporary) }
            guard let key = try read(path) else {
                throw FileError(code: .notFound, operation: "read", path: path, reason: "it went away")
            }
            return KeyedDigest(key: key)
        } catch {
            throw StoreError("read the machine's key", error)
        }
    }

    private static func read(_ path: String) throws(FileError) -> [UInt8]? {
        guard let status = try FileStatus.of(path) else { return nil }
        guard status.kind == .file, status.permissions & 0o077 == 0 else {
            throw FileError(
                code: .notAllowed,
                operation: "read",
                path: path,
                reason: "is not a file of mode 0600 that only you can read"
            )
        }
        let key = try FileContent.read(path, limit: 4096, noFollow: true)
        guard key.count == 32 else {
            throw FileError(code: .notRegular, operation: "read", path: path, reason: "is not a key of 32 bytes")
        }
        return key
    }
}
