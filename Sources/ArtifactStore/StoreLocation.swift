package import HostFiles

/// Where a store is: its `cache/` and `stages/` folders, and how it was found.
package struct StoreLocation: Sendable, Hashable {
    /// The folder that holds both, absolute.
    package let root: String
    /// Notes on stores that were passed over, for the user.
    package let notes: [String]

    package var cache: String { AbsolutePath.join(root, "cache") }
    package var stages: String { AbsolutePath.join(root, "stages") }

    /// Finds the store: the one named, else the nearest folder at or above the working one that holds
    /// `cache/CACHEDIR.TAG` and `stages/` and is the caller's alone, else `$XDG_CACHE_HOME/sbxpipe`.
    ///
    /// - Throws: ``StoreError`` `notTrusted` when a named store is another's or writable by others.
    package static func find(
        named: String?,
        environment: [String: String],
        identity: HostIdentity
    ) throws(StoreError) -> StoreLocation {
        let here: String
        do { here = try AbsolutePath.current() } catch { throw StoreError("find it", error) }
        if let named {
            let path = AbsolutePath.normalised(named.hasPrefix("/") ? named : AbsolutePath.join(here, named))
            for folder in [path, AbsolutePath.join(path, "cache"), AbsolutePath.join(path, "stages")] {
                if let objection = try objection(to: folder, identity) {
                    throw StoreError(
                        .notTrusted,
                        "store \(path): \(objection)",
                        hint: "only a store of your own, which nobody else may write, is used"
                    )
                }
            }
            return StoreLocation(root: path, notes: [])
        }
        var notes: [String] = []
        var folder = here
        while true {
            if try isStore(folder) {
                let parts = [folder, AbsolutePath.join(folder, "cache"), AbsolutePath.join(folder, "stages")]
                var objections: [String] = []
                for part in parts {
                    if let objection = try objection(to: part, identity) { objections.append(objection) }
                }
                guard let objection = objections.first else { return StoreLocation(root: folder, notes: notes) }
                notes.append(
                    "the store in \(folder) is passed over: \(objection); chmod go-w, or name one with --store"
                )
            }
            if folder == "/" { break }
            folder = AbsolutePath.parent(folder)
        }
        return StoreLocation(root: try defaultRoot(environment, identity), notes: notes)
    }

    /// The caller's own store, whether it is in use or not.
    package static func ownCache(
        _ environment: [String: String],
        _ identity: HostIdentity
    ) throws(StoreError) -> String {
        try defaultRoot(environment, identity)
    }

    private static func defaultRoot(
        _ environment: [String: String],
        _ identity: HostIdentity
    ) throws(StoreError) -> String {
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return AbsolutePath.join(base, "sbxpipe") }
        guard let home = MachineKey.home(environment, identity) else {
            throw StoreError(.system, "store: no home folder to keep it in", hint: "name one with --store")
        }
        return AbsolutePath.join(home, ".cache/sbxpipe")
    }

    private static func isStore(_ folder: String) throws(StoreError) -> Bool {
        do throws(FileError) {
            let tag = AbsolutePath.join(folder, "cache/CACHEDIR.TAG")
            guard try FileStatus.of(tag)?.kind == .file else { return false }
            return try FileStatus.of(AbsolutePath.join(folder, "stages"))?.kind == .folder
        } catch {
            // A folder above that may not be looked into holds no store of ours.
            return false
        }
    }

    private static func objection(to folder: String, _ identity: HostIdentity) throws(StoreError) -> String? {
        let status: FileStatus?
        do { status = try FileStatus.of(folder) } catch { throw StoreError("look at it", error) }
        guard let status else { return nil }
        if status.kind != .folder { return "\(folder) is a \(status.kind.rawValue), not a folder" }
        if status.owner != identity.user { return "\(folder) belongs to user \(status.owner)" }
        if status.permissions & 0o022 != 0 { return "others may write to \(folder)" }
        return nil
    }
}
