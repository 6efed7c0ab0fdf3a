/// Writes a tar archive whose bytes depend on nothing but the entries, their order and their bodies.
///
/// Guaranteed, whatever the locale, umask, user, time zone and machine: POSIX ustar headers with uid and gid 0, empty
/// owner names, and `modified` as the only time; a directory's name ends in `/`. An entry that ustar can't hold (a path
/// or target that is not ASCII or too long, 8 GiB or more, a time before 1970 or beyond 33 bits), and only that, is
/// preceded by a POSIX pax header with `hdrcharset=BINARY` first. Bodies are padded to 512 bytes; the archive ends with
/// exactly two blocks of zeros and is not padded to a record of 10,240.
///
/// After an error the writer is of no use: each further call throws that error again, and what reached the sink is not
/// an archive. Without ``finish()`` nothing of the end is written.
package struct TarWriter: ~Copyable {
    private let sink: BlockSink
    private let ustar: WriteArchive
    private var pax: WriteArchive?
    private let record: EntryRecord
    private var ledger = PathLedger()
    private var failure: TarError?

    /// Begins an archive; the sink gets it in pieces of any size, in order, during the calls that follow.
    ///
    /// - Throws: ``TarError/Code/library`` without memory.
    package init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        let blocks = unsafe BlockSink(sink)
        let archive = try WriteArchive(.ustar, sink: blocks)
        let entry = try EntryRecord()
        self.sink = blocks
        ustar = archive
        record = entry
    }

    deinit { sink.close() }

    /// Writes an entry with its body from memory, none for what is no file.
    ///
    /// - Throws: ``TarError``: `invalidEntry` (also where `entry.size` is not that of `bytes`), `unsafePath`,
    ///   `duplicate`, `sinkFailed`, `library`.
    package mutating func append(_ entry: TarEntry, bytes: [UInt8] = []) throws(TarError) {
        try attempt { (writer) throws(TarError) in
            guard entry.size == Int64(bytes.count) else {
                let message = "the body has \(bytes.count) bytes, the entry says \(entry.size)"
                throw TarError(.invalidEntry, message, path: entry.path)
            }
            let archive = try writer.begin(entry)
            try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(TarError) in
                try unsafe archive.write(UnsafeRawBufferPointer(buffer), path: entry.path)
            }
            try archive.end(path: entry.path)
        }
    }

    /// Writes a file with its body from a descriptor, read from offset 0 by pread(2).
    ///
    /// The descriptor stays the caller's, its offset where it was; it must be of a file that has offsets.
    /// - Throws: ``TarError``: `changedWhileRead` when the file has fewer or more than `entry.size` bytes, `readFailed`,
    ///   and as for ``append(_:bytes:)``.
    package mutating func append(_ entry: TarEntry, descriptor: Int32) throws(TarError) {
        try attempt { (writer) throws(TarError) in
            guard entry.kind.isFile else {
                throw TarError(.invalidEntry, "only a file has a body", path: entry.path)
            }
            let archive = try writer.begin(entry)
            let body = DescriptorBody(descriptor: descriptor, entry: entry)
            try unsafe body.copy { (piece) throws(TarError) in try unsafe archive.write(piece, path: entry.path) }
            try archive.end(path: entry.path)
        }
    }

    /// Writes the end and hands the rest to the sink.
    ///
    /// - Throws: ``TarError``: `sinkFailed`, or what an earlier call threw.
    package consuming func finish() throws(TarError) {
        if let failure { throw failure }
        try ustar.close()
        if !sink.flush() { throw ustar.failure(nil) }
    }

    private mutating func attempt(_ work: (inout TarWriter) throws(TarError) -> Void) throws(TarError) {
        if let failure { throw failure }
        do throws(TarError) {
            try work(&self)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func begin(_ entry: TarEntry) throws(TarError) -> WriteArchive {
        try entry.checkWritable()
        try ledger.admit(entry.path, isDirectory: entry.kind.isDirectory)
        record.fill(entry)
        if entry.isASCII, try ustar.begin(record, path: entry.path) { return ustar }
        let extended = try extendedArchive()
        guard try extended.begin(record, path: entry.path) else { throw extended.failure(entry.path) }
        return extended
    }

    private mutating func extendedArchive() throws(TarError) -> WriteArchive {
        if let pax { return pax }
        let new = try WriteArchive(.pax, sink: sink)
        pax = new
        return new
    }
}

extension TarEntry {
    /// Whether the names are ASCII, which every reader takes from a ustar header alike.
    fileprivate var isASCII: Bool {
        guard path.allSatisfy({ $0 < 0x80 }) else { return false }
        guard case .symlink(let target) = kind else { return true }
        return target.allSatisfy { $0 < 0x80 }
    }

    /// Refuses what a header can't say; the path is the ledger's to judge.
    fileprivate func checkWritable() throws(TarError) {
        if mode > 0o7777 { throw TarError(.invalidEntry, "the mode has more than permission bits", path: path) }
        if size < 0 { throw TarError(.invalidEntry, "the size is negative", path: path) }
        if !kind.isFile, size != 0 { throw TarError(.invalidEntry, "only a file has a body", path: path) }
        if case .symlink(let target) = kind, target.isEmpty || target.contains(0) {
            throw TarError(.invalidEntry, "the symlink's target is empty or holds a NUL", path: path)
        }
    }
}
