/// Reads a tar archive strictly: what is not a plain tree of files, directories and symlinks is an error.
///
/// ustar, GNU and pax headers are taken; no older ones, no compression. Any failure or warning of libarchive is an error, and so are
/// an end without two blocks of zeros, anything but zeros after it, two entries of one path, and every path that
/// ``TarEntry/path`` forbids (`./a` among them). A pax path that is not ASCII needs `hdrcharset=BINARY`, as
/// ``TarWriter`` writes it: without that it would depend on the locale, and is refused. Global pax headers are passed
/// over. After an error each further call throws that error again.
package struct TarReader: ~Copyable {
    private let limits: TarLimits
    private let source: ByteSource
    private let archive: ReadArchive
    private let record: EntryRecord
    private var ledger = PathLedger()
    private var count = 0
    private var current: TarEntry?
    private var bodyIsUnread = false
    private var nextHeaderOffset: Int64 = 0
    private var isAtEnd = false
    private var failure: TarError?

    /// Opens an archive in memory.
    ///
    /// - Throws: ``TarError``: `library`, `damaged`, `overLimit`.
    package init(bytes: [UInt8], limits: TarLimits = TarLimits()) throws(TarError) {
        try self.init(.memory(bytes), limits)
    }

    /// Opens an archive that a descriptor holds, from where that stands to its end; a pipe will do.
    ///
    /// The descriptor stays the caller's, and open as long as the reader is used. Blocks are read ahead.
    /// - Throws: ``TarError``: `library`, `damaged`, `overLimit`, `readFailed`.
    package init(descriptor: Int32, limits: TarLimits = TarLimits()) throws(TarError) {
        try self.init(.descriptor(descriptor), limits)
    }

    private init(_ origin: ByteSource.Origin, _ limits: TarLimits) throws(TarError) {
        let bytes = ByteSource(origin, limit: limits.totalBytes)
        let reader = try ReadArchive(bytes)
        let entry = try EntryRecord()
        self.limits = limits
        source = bytes
        archive = reader
        record = entry
    }

    /// The next entry, past what is left of the body before; nil at a proper end.
    ///
    /// - Throws: ``TarError``: `unsupportedKind`, `unsafePath`, `duplicate`, `damaged`, `missingEnd`, `trailingBytes`,
    ///   `overLimit`, `readFailed`.
    package mutating func next() throws(TarError) -> TarEntry? {
        if isAtEnd { return nil }
        return try attempt { (reader) throws(TarError) in try reader.advance() }
    }

    /// The current entry's body, whole; empty for what is no file.
    ///
    /// - Throws: ``TarError``: `damaged`, `overLimit` beyond ``TarLimits/memoryBytes``, `readFailed`, `noBody`.
    package mutating func readBody() throws(TarError) -> [UInt8] {
        var body: [UInt8] = []
        try attempt { (reader) throws(TarError) in
            let size = reader.current?.size ?? 0
            guard size <= Int64(reader.limits.memoryBytes) else {
                throw reader.error(.overLimit, "\(size) bytes are more than \(reader.limits.memoryBytes) in memory")
            }
            // A header's claim alone allocates no more than this.
            body.reserveCapacity(min(Int(size), 1 << 20))
            try unsafe reader.drain { (piece) throws(TarError) in unsafe body.append(contentsOf: piece) }
        }
        return body
    }

    /// Passes on the current entry's body in pieces of at most 64 KiB, each valid during its call only.
    ///
    /// - Throws: ``TarError``: `sinkFailed` with what `deliver` threw, `damaged`, `overLimit`, `readFailed`, `noBody`.
    package mutating func readBody(into deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        try attempt { (reader) throws(TarError) in
            let path = reader.current?.path
            try unsafe reader.drain { (piece) throws(TarError) in
                do {
                    try unsafe deliver(piece)
                } catch {
                    throw TarError(.sinkFailed, "the body can't be passed on", path: path, cause: error)
                }
            }
        }
    }

    private mutating func attempt<Result>(
        _ work: (inout TarReader) throws(TarError) -> Result
    ) throws(TarError) -> Result {
        if let failure { throw failure }
        do throws(TarError) {
            return try work(&self)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance() throws(TarError) -> TarEntry? {
        let before = current?.path
        current = nil
        bodyIsUnread = false
        switch archive.nextHeader(record) {
        case .failed: throw archive.failure(record.path ?? before)
        case .end:
            try checkPlace(before)
            try source.checkEnd(after: archive.headerOffset)
            isAtEnd = true
            return nil
        case .found: break
        }
        try checkPlace(before)
        count += 1
        if count > limits.entries { throw TarError(.overLimit, "there are more than \(limits.entries) entries") }
        let entry = try HeaderRules(limits: limits).entry(record, header: source, endingAt: archive.offset)
        try ledger.admit(entry.path, isDirectory: entry.kind.isDirectory)
        nextHeaderOffset = archive.offset + (entry.size + 511) / 512 * 512
        current = entry
        bodyIsUnread = true
        return entry
    }

    /// Every byte belongs to an entry: the next header lies where size and padding of the one before put it.
    private func checkPlace(_ path: [UInt8]?) throws(TarError) {
        guard archive.headerOffset == nextHeaderOffset else {
            throw TarError(.damaged, "the body is not as long as the header says", path: path)
        }
    }

    private mutating func drain(_ deliver: (UnsafeRawBufferPointer) throws(TarError) -> Void) throws(TarError) {
        guard let entry = current, bodyIsUnread else {
            throw error(.noBody, "there is no body to read, or it was read before")
        }
        bodyIsUnread = false
        var done: Int64 = 0
        while true {
            let piece = unsafe archive.nextPiece()
            switch unsafe piece.outcome {
            case .failed: throw archive.failure(entry.path)
            case .end:
                if done == entry.size { return }
                throw error(.damaged, "the body has \(done) bytes, not \(entry.size)")
            case .found:
                guard unsafe piece.offset == done else { throw error(.unsupportedKind, "the body has holes") }
                try unsafe deliver(piece.bytes)
                done += unsafe Int64(piece.bytes.count)
            }
        }
    }

    private func error(_ code: TarError.Code, _ message: String) -> TarError {
        TarError(code, message, path: current?.path)
    }
}
