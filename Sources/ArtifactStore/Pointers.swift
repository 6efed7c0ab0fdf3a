import HostFiles
package import JSONText

/// Records that say what is newest, written anew with each run.
extension Store {
    /// Writes a record as ``putRecord(_:at:)`` does, but into the file that is there if that has as many bytes.
    ///
    /// So no file is made and none goes, both of which take ext4 long: it writes a file out at once that replaces
    /// another (ext4(5), auto_da_alloc), and passes over what was deleted in the last seconds. A reader that finds a
    /// record half written waits for the writer's lock (``record(at:)``); a writer that is killed or refused leaves the
    /// old record or the new one, as both are parts of one page.
    package func putPointer(_ record: JSONValue, at relative: String) throws(StoreError) {
        let isWritten = (try? writeOver(keys.signed(record, at: relative), at: relative)) ?? false
        if !isWritten { try putRecord(record, at: relative) }
    }

    /// False when there is no file of that size, or another writes to it.
    private func writeOver(_ bytes: [UInt8], at relative: String) throws(FileError) -> Bool {
        let path = path(relative)
        let file = try OwnedDescriptor.open(path, [.write, .noFollow, .nonBlocking])
        let status = try FileStatus.of(descriptor: file.number, path: path)
        guard status.kind == .file, status.size == Int64(bytes.count), bytes.count <= 4096,
            try FileLock.tryExclusive(file.number, path: path)
        else { return false }
        try FileContent.write(bytes, to: file.number, at: 0, path: path)
        if isDurable { try FileSync.file(file.number, path: path) }
        return true
    }

    /// Waits for who is writing into a record at this moment, but not for long.
    func awaitWriter(of relative: String) throws(FileError) {
        let file = try OwnedDescriptor.open(path(relative), [.read, .noFollow, .nonBlocking])
        for _ in 0..<2000 {
            if try FileLock.tryShared(file.number, path: relative) { return }
            HostSystem.sleep(milliseconds: 1)
        }
    }
}
