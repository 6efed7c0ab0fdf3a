import HostFiles
package import JSONText

extension Store {
    /// This store with a lease of its own: the first place that nobody holds.
    ///
    /// What holders that are gone left is cleaned up on the way: `end` is told of the use each had, which it is to end
    /// (processes, mounts), then their temporary files go. Only a use that this machine's key signed is told.
    ///
    /// - Throws: ``StoreError`` when the store can't be written.
    package func leased(ending end: (JSONValue) -> Void) throws(StoreError) -> (store: Store, swept: Sweep) {
        var mine: Lease?
        var swept = Sweep()
        let names = (try? temporaryNames()) ?? []
        var number = 0
        while number < Self.mostLeases {
            let path = Lease.path(number)
            do throws(FileError) {
                let file = try openLease(path, creating: mine == nil)
                if try FileLock.tryExclusive(file.number, path: path) {
                    let document = leaseDocument(of: file.number, path)
                    if let use = document.use {
                        end(use)
                        swept.uses.append(use)
                    }
                    try sweep(names, number, &swept)
                    let counts = document.counts
                    if document.use != nil {
                        let rest = keys.signed(LeaseDocument(counts: counts, use: nil).json, at: path)
                        try FileContent.replace(rest, in: file.number, path: path)
                    }
                    if mine == nil { mine = Lease(number: number, file: file, key: keys, counts: counts) }
                }
            } catch {
                if error.code == .notFound { break }
                throw StoreError("take a lease", error)
            }
            number += 1
        }
        var store = self
        store.lease = mine
        return (store, swept)
    }

    /// What others hold at the moment, as they signed it.
    package func uses() throws(StoreError) -> [JSONValue] {
        var found: [JSONValue] = []
        try visitLeases { number, file, path throws(FileError) in
            if try FileLock.tryShared(file, path: path) { return }
            // Its holder may be writing: a torn one is read again.
            for _ in 0..<20 {
                guard let (value, isTrusted) = signedLease(of: file, path) else { continue }
                if isTrusted, let use = value.use { found.append(use) }
                break
            }
        }
        return found
    }

    /// Hits and misses of all operations so far, but for those under way.
    package func counts() throws(StoreError) -> LeaseCounts {
        var total = LeaseCounts()
        try visitLeases { _, file, path throws(FileError) in
            if let (value, isTrusted) = signedLease(of: file, path), isTrusted { total.add(value.counts) }
        }
        return total
    }

    private static var mostLeases: Int { 4096 }

    private func visitLeases(
        _ body: (Int, Int32, String) throws(FileError) -> Void
    ) throws(StoreError) {
        for number in 0..<Self.mostLeases {
            let path = Lease.path(number)
            do throws(FileError) {
                let file = try OwnedDescriptor.open(self.path(path), [.read, .noFollow, .nonBlocking])
                try body(number, file.number, path)
            } catch {
                if error.code == .notFound { return }
                throw StoreError("read \(path)", error)
            }
        }
    }

    private func openLease(_ path: String, creating: Bool) throws(FileError) -> OwnedDescriptor {
        let flags: OpenFlags = [.readWrite, .noFollow, .nonBlocking]
        do {
            return try OwnedDescriptor.open(self.path(path), flags)
        } catch {
            guard error.code == .notFound, creating else { throw error }
            if try FileStatus.of(self.path("leases")) == nil { try Folder.make(self.path("leases")) }
            return try OwnedDescriptor.open(self.path(path), flags.union(.create), mode: 0o600)
        }
    }

    private func leaseDocument(of file: Int32, _ path: String) -> LeaseDocument {
        if let (document, isTrusted) = signedLease(of: file, path), isTrusted { return document }
        return LeaseDocument(counts: LeaseCounts(), use: nil)
    }

    private func signedLease(of file: Int32, _ path: String) -> (LeaseDocument, isTrusted: Bool)? {
        guard let bytes = try? FileContent.read(descriptor: file, at: 0, count: 1 << 16, path: path),
            let (value, isTrusted) = keys.opened(bytes, at: path)
        else { return nil }
        return (LeaseDocument(value), isTrusted)
    }

    private func temporaryNames() throws(FileError) -> [RawName] {
        var names: [RawName] = []
        try Folder.visit(path("tmp")) { names.append(RawName($0)) }
        return names
    }

    /// Removes the temporary files of a place whose lock is held.
    private func sweep(_ names: [RawName], _ number: Int, _ swept: inout Sweep) throws(FileError) {
        let prefix = Array(Lease.prefix(number).utf8)
        let mine = names.filter { $0.bytes.starts(with: prefix) }
        guard !mine.isEmpty else { return }
        let folder = try OwnedDescriptor.open(path("tmp"), [.read, .folder, .noFollow])
        let device = try FileStatus.of(descriptor: folder.number).device
        for name in mine where try name.status(at: folder.number) != nil {
            try name.removeTree(at: folder.number, device: device)
            swept.temporaries += 1
        }
    }
}

/// What was cleaned up after holders that are gone.
package struct Sweep: Sendable, Hashable {
    /// What each had in use, as it had signed it.
    package internal(set) var uses: [JSONValue] = []
    /// Number of temporary files and folders that were removed.
    package internal(set) var temporaries = 0

    package init() {}

    package var isEmpty: Bool { uses.isEmpty && temporaries == 0 }
}
