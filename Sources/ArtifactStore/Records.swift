import ContentAddressing
import HostFiles
package import JSONText

extension Store {
    /// Writes a record: one line of canonical JSON, and one with its HMAC, which covers the record's own path too.
    ///
    /// Replaces what is there, atomically. `relative` is a path below `cache/`.
    package func putRecord(_ record: JSONValue, at relative: String) throws(StoreError) {
        let bytes = keys.signed(record, at: relative)
        let temporary = temporaryPath("record")
        do throws(FileError) {
            do throws(FileError) {
                try write(bytes, to: temporary)
                try Folder.rename(temporary, to: path(relative))
            } catch {
                switch error.code {
                // The first record of its kind: its folder is not there yet.
                case .notFound: try Folder.makeAll(AbsolutePath.parent(path(relative)))
                // Somebody put a folder in the record's place: it makes way, as a damaged object does.
                case .isAFolder:
                    let aside = "damaged-record-" + Digest.hexText(HostSystem.randomBytes(4))
                    try Folder.rename(path(relative), to: path("tmp/" + aside))
                default: throw error
                }
                try Folder.rename(temporary, to: path(relative))
            }
        } catch {
            try? Folder.removeFile(temporary)
            throw StoreError("write \(relative)", error)
        }
    }

    /// Puts on the disk what was written so far, before a record that names it; free of effect unless ``isDurable``.
    package func syncObjects() throws(StoreError) {
        guard isDurable else { return }
        do { try FileSync.fileSystem(of: location.cache) } catch { throw StoreError("sync the store", error) }
    }

    /// Puts the names of records in a folder below `cache/` on the disk; free of effect unless ``isDurable``.
    package func syncNames(in folder: String) throws(StoreError) {
        guard isDurable else { return }
        do { try FileSync.folder(path(folder)) } catch { throw StoreError("sync \(folder)", error) }
    }

    /// Reads a record; nil when there is none.
    ///
    /// A record that is damaged, of another machine or another user gives `isTrusted` false, and its content for display.
    package func record(at relative: String) throws(StoreError) -> (value: JSONValue, isTrusted: Bool)? {
        func read() throws(FileError) -> (value: JSONValue, isTrusted: Bool)? {
            keys.opened(try FileContent.read(path(relative), limit: 4 << 20, noFollow: true), at: relative)
        }
        do throws(FileError) {
            if let found = try read(), found.isTrusted { return found }
            try awaitWriter(of: relative)
            return try read()
        } catch {
            switch error.code {
            case .notFound, .notAFolder, .isAFolder, .notRegular, .tooManySymlinks: return nil
            default: throw StoreError("read \(relative)", error)
            }
        }
    }

    /// Removes a record; nothing there is fine.
    package func removeRecord(at relative: String) throws(StoreError) {
        do { try Folder.removeFile(path(relative)) } catch { throw StoreError("remove \(relative)", error) }
    }

    /// Names of the records in a folder below `cache/`, sorted.
    package func recordNames(in folder: String) throws(StoreError) -> [String] {
        do throws(FileError) {
            var names: [String] = []
            try Folder.visit(path(folder)) { names.append(String(decoding: $0, as: UTF8.self)) }
            names.sort(by: AbsolutePath.precedes)
            return names
        } catch {
            if error.code == .notFound { return [] }
            throw StoreError("list \(folder)", error)
        }
    }

    private func write(_ bytes: [UInt8], to temporary: String) throws(FileError) {
        let file = try OwnedDescriptor.open(temporary, [.write, .create, .exclusive, .noFollow], mode: 0o600)
        try FileContent.write(bytes, to: file.number, path: temporary)
        if isDurable { try FileSync.file(file.number, path: temporary) }
    }
}
