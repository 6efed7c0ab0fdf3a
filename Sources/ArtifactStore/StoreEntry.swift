package import ContentAddressing
package import HostFiles

/// What lies in the store's folders, for who looks after the store as a whole.
extension Store {
    /// Hands over each name in `blobs/sha256` with what it is, in no order.
    package func visitBlobs(_ body: (String, FileStatus) throws(StoreError) -> Void) throws(StoreError) {
        try visit("blobs/sha256", body)
    }

    /// Hands over each name in a folder below `cache/` with what it is, in no order; none when it is not there.
    package func visit(
        _ relative: String,
        _ body: (String, FileStatus) throws(StoreError) -> Void
    ) throws(StoreError) {
        var failure: StoreError?
        do throws(FileError) {
            let folder = try OwnedDescriptor.open(path(relative), [.read, .folder, .noFollow])
            let number = folder.number
            try Folder.visit(".", at: number) { bytes in
                guard failure == nil, let status = (try? RawName(bytes).status(at: number)) ?? nil else { return }
                do throws(StoreError) { try body(String(decoding: bytes, as: UTF8.self), status) } catch {
                    failure = error
                }
            }
        } catch {
            if error.code != .notFound { throw StoreError("list \(relative)", error) }
        }
        if let failure { throw failure }
    }

    /// Removes a file, or a folder with all in it, below `cache/`; nothing there is fine.
    package func remove(_ relative: String) throws(StoreError) {
        do { try Folder.removeTree(path(relative)) } catch { throw StoreError("remove \(relative)", error) }
    }

    /// Sets the time of a file below `cache/` to now if it is older than ten minutes.
    ///
    /// - Throws: ``StoreError`` `missing` when it is not there.
    package func refresh(_ relative: String) throws(StoreError) {
        var isThere = true
        do throws(FileError) {
            if let status = try FileStatus.of(path(relative)) {
                let age = HostSystem.realTime() - status.modified
                if age > 600_000_000_000 || age < 0 { try FileTimes.setToNow(path(relative)) }
            } else {
                isThere = false
            }
        } catch {
            throw StoreError("refresh \(relative)", error)
        }
        guard isThere else { throw StoreError(.missing, "store: \(relative) is not there any more") }
    }

    /// Whether an object is there and is what its name says; nothing is moved or made.
    package func isIntact(_ digest: Digest) throws(StoreError) -> Bool {
        do throws(FileError) {
            guard let status = try FileStatus.of(path(of: digest)), status.kind == .file else { return false }
            let file = try OwnedDescriptor.open(path(of: digest), [.read, .noFollow, .nonBlocking])
            return try digestOf(file.number, size: status.size) == digest
        } catch {
            throw StoreError("check object \(digest)", error)
        }
    }
}
