package import ContentAddressing
import HostFiles
import JSONText

/// A content-addressed store on disk that several processes use at once.
///
/// Blobs are immutable and named by their digest; actions (key to outputs) and refs (names to digests) are records under
/// the machine's key. Writes are atomic and idempotent: a reader sees a whole object or none. Reads check what they
/// return. Unless ``isDurable``, nothing is synced to disk: what a power cut takes away is missing then, never wrong.
///
/// Whoever writes does so with a lease (``leased(ending:)``), by which the next one can tell what a killed writer left,
/// and looks up and publishes under ``hold(waiting:)``, so that gc is kept out.
package struct Store: Sendable {
    package let location: StoreLocation
    /// Whether what a record names is on the disk before the record is.
    package var isDurable = false
    /// The place that this value's writers hold; nil for readers.
    package internal(set) var lease: Lease?
    let keys: RecordKey

    /// Folders below `cache/`, in the order in which they are made: the last one tells that all else is there.
    private static let folders = [
        "blobs", "blobs/sha256", "actions", "refs", "refs/plans", "refs/runs", "refs/names", "leases", "tmp",
    ]

    /// Opens the store at a place, and makes it when nothing is there yet.
    ///
    /// - Throws: ``StoreError``, `notTrusted` when a folder of it is a link, another user's, or writable by others.
    package init(at location: StoreLocation, key: KeyedDigest, user: UInt32) throws(StoreError) {
        self.location = location
        keys = RecordKey(key)
        do throws(FileError) {
            if try FileStatus.of(path("tmp")) != nil {
                try checkFolders(user)
                return
            }
            // Nothing is made through a link that somebody put there before.
            try checkFolders(user)
            for folder in [location.root, location.cache, location.stages] { try Folder.makeAll(folder) }
            try writeTag()
            for folder in Self.folders { try Folder.make(path(folder)) }
            try checkFolders(user)
        } catch {
            guard error.code == .outside else { throw StoreError("make it", error) }
            throw StoreError(
                .notTrusted,
                "store \(location.root): \(error.path) \(error.reason)",
                hint: "only a store of your own, which nobody else may write, is used; name one with --store"
            )
        }
    }

    /// A command that may write to a project could plant a store whose folders are links to elsewhere.
    private func checkFolders(_ user: UInt32) throws(FileError) {
        let actions = ["resolve", "env", "materialize", "archive", "launch", "probe", "layer", "snapshot"]
        let all = Self.folders + ["trees"] + actions.map { "actions/" + $0 }
        for folder in [location.root, location.cache, location.stages] + all.map(path) {
            guard let status = try FileStatus.of(folder) else { continue }
            let reason: String? =
                if status.kind != .folder {
                    "is a \(status.kind.rawValue), not a folder"
                } else if status.owner != user {
                    "belongs to user \(status.owner)"
                } else if status.permissions & 0o022 != 0 {
                    "may be written by others"
                } else {
                    nil
                }
            if let reason { throw FileError(code: .outside, operation: "use", path: folder, reason: reason) }
        }
    }

    /// A path below `cache/`.
    package func path(_ below: String) -> String { location.root + "/cache/" + below }

    /// The path of a blob, whether it is there or not.
    package func path(of digest: Digest) -> String { path("blobs/sha256/") + digest.hex }

    /// A fresh name below `cache/tmp`, which tells whose it is: removed by the next writer when this one is killed.
    package func temporaryPath(_ purpose: String) -> String {
        let owner = lease.map { Lease.prefix($0.number) } ?? ""
        return path("tmp/") + owner + purpose + "-" + Digest.hexText(HostSystem.randomBytes(8))
    }

    /// Marks `cache/` as one that backups may leave out (the Cache Directory Tagging specification).
    private func writeTag() throws(FileError) {
        let path = path("CACHEDIR.TAG")
        if try FileStatus.of(path) != nil { return }
        let file: OwnedDescriptor
        do {
            file = try OwnedDescriptor.open(path, [.write, .create, .exclusive, .noFollow], mode: 0o644)
        } catch {
            if error.code == .exists { return }
            throw error
        }
        let text = """
            Signature: 8a477f597d28d172789f06886806bc55
            # This folder is a cache of sbxpipe: its content can be made again.

            """
        do { try FileContent.write(Array(text.utf8), to: file.number, path: path) } catch {
            try? Folder.removeFile(path)
            throw error
        }
    }
}
