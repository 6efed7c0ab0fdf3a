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
    ///
    /// Who can read it can make records that we take for ours, and who can write to its folder can put another in its
    /// place: so both have to be `user`'s own, the folder writable by nobody else, the file readable by nobody else.
    ///
    /// - Throws: ``StoreError`` `notTrusted` where that is not so, with what to do; `system` when the system refuses.
    package static func load(from folder: String, user: UInt32) throws(StoreError) -> KeyedDigest {
        let path = AbsolutePath.join(folder, "key")
        do {
            if let key = try read(path, in: folder, user) { return KeyedDigest(key: key) }
            try Folder.makeAll(folder)
            try refuseOthers(folder, user)
            try make(path)
            if let key = try read(path, in: folder, user) { return KeyedDigest(key: key) }
            throw StoreError(.system, "store: the machine's key \(Printable.escaped(path)) went away", hint: elsewhere)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.system, "store: the machine's key: \(error)", hint: elsewhere, cause: error as? FileError)
        }
    }

    private static let elsewhere = "name a folder of your own with XDG_STATE_HOME"

    private static func make(_ path: String) throws(FileError) {
        let temporary = path + "." + Digest.hexText(HostSystem.randomBytes(8))
        let file = try OwnedDescriptor.open(temporary, [.write, .create, .exclusive, .noFollow], mode: 0o600)
        do throws(FileError) {
            try FileContent.write(HostSystem.randomBytes(32), to: file.number, path: temporary)
            // Records outlive a loss of power, and without their key they are nobody's.
            try FileSync.file(file.number, path: temporary)
            if try Folder.renameWithoutReplacing(temporary, to: path) { return }
        } catch {
            try? Folder.removeFile(temporary)
            throw error
        }
        try Folder.removeFile(temporary)
    }

    /// Nil when there is no key yet.
    private static func read(_ path: String, in folder: String, _ user: UInt32) throws -> [UInt8]? {
        let file: OwnedDescriptor
        do throws(FileError) {
            file = try OwnedDescriptor.open(path, [.read, .noFollow, .nonBlocking])
        } catch {
            if error.code == .notFound { return nil }
            throw error.code == .tooManySymlinks ? untrusted(path, "is a symlink") : error
        }
        try refuseOthers(folder, user)
        let status = try FileStatus.of(descriptor: file.number, path: path)
        if status.kind != .file { throw untrusted(path, "is no file but a \(status.kind.rawValue)") }
        if status.owner != user { throw untrusted(path, "belongs to user \(status.owner)") }
        if status.permissions & 0o077 != 0 {
            throw untrusted(path, "is open to others", hint: "chmod 600 it if nobody can have read or changed it")
        }
        let key = try FileContent.read(descriptor: file.number, sizeHint: 32, limit: 4096, path: path)
        if key.count != 32 { throw untrusted(path, "is not a key of 32 bytes") }
        return key
    }

    private static func refuseOthers(_ folder: String, _ user: UInt32) throws {
        guard let status = try FileStatus.of(folder, following: true) else { return }
        if status.owner != user { throw untrusted(folder, "belongs to user \(status.owner)", hint: elsewhere) }
        if status.permissions & 0o022 != 0 {
            throw untrusted(
                folder,
                "can be written by others",
                hint: "chmod 700 it, and delete the key if others were there"
            )
        }
    }

    private static func untrusted(
        _ path: String,
        _ what: String,
        hint: String = "delete it: a new key is made, and what is cached is made again"
    ) -> StoreError {
        StoreError(.notTrusted, "store: the machine's key: \(Printable.escaped(path)) \(what)", hint: hint)
    }
}
