/// Reads the tar of an image's layer: strictly, but with all that such layers hold and a plain tree does not.
///
/// ustar, GNU and pax headers are taken. Any failure or warning of libarchive is an error, and so are an end without two
/// blocks of zeros, anything but zeros after it, two entries of one path, an entry below what is no folder in the same
/// layer, and every path that could lead elsewhere. After an error each further call throws that error again.
package struct LayerReader: ~Copyable {
    private let limits: TarLimits
    private let source: ByteSource
    private let archive: ReadArchive
    private let record: EntryRecord
    private var ledger = PathLedger()
    private var count = 0
    private var current: LayerEntry?
    private var bodyIsUnread = false
    private var nextHeaderOffset: Int64 = 0
    private var isAtEnd = false
    private var failure: TarError?

    /// - Throws: ``TarError``: `library`, `damaged`, `overLimit`, `readFailed`.
    package init(_ stream: LayerStream, limits: TarLimits = TarLimits()) throws(TarError) {
        let bytes = ByteSource(.layer(stream), limit: limits.totalBytes)
        let reader = try ReadArchive(bytes, .layer)
        let entry = try EntryRecord()
        self.limits = limits
        source = bytes
        archive = reader
        record = entry
    }

    /// Where the current entry's body lies among the bytes without compression.
    package var bodyOffset: Int64 { nextHeaderOffset - ((current?.size ?? 0) + 511) / 512 * 512 }

    /// The next entry, past what is left of the body before; nil at a proper end.
    ///
    /// - Throws: ``TarError``: `unsupportedKind`, `unsafePath`, `duplicate`, `damaged`, `missingEnd`, `trailingBytes`,
    ///   `overLimit`, `readFailed`.
    package mutating func next() throws(TarError) -> LayerEntry? {
        if isAtEnd { return nil }
        return try attempt { (reader) throws(TarError) in try reader.advance() }
    }

    /// Passes on the current entry's body in pieces, each valid during its call only.
    ///
    /// - Throws: ``TarError``: `sinkFailed` with what `deliver` threw, `damaged`, `overLimit`, `readFailed`, `noBody`.
    package mutating func readBody(into deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        try attempt { (reader) throws(TarError) in try unsafe reader.drain(deliver) }
    }

    private mutating func attempt<Result>(
        _ work: (inout LayerReader) throws(TarError) -> Result
    ) throws(TarError) -> Result {
        if let failure { throw failure }
        do throws(TarError) {
            return try work(&self)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance() throws(TarError) -> LayerEntry? {
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
        let entry = try LayerRules(limits: limits)
            .entry(record, flag: HeaderRules.flag(source, endingAt: archive.offset))
        if !entry.path.isEmpty { try ledger.admit(entry.path, isDirectory: entry.kind == .directory) }
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

    private mutating func drain(_ deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        guard let entry = current, bodyIsUnread else {
            throw TarError(.noBody, "there is no body to read, or it was read before", path: current?.path)
        }
        bodyIsUnread = false
        var done: Int64 = 0
        while true {
            let piece = unsafe archive.nextPiece()
            switch unsafe piece.outcome {
            case .failed: throw archive.failure(entry.path)
            case .end:
                if done == entry.size { return }
                throw TarError(.damaged, "the body has \(done) bytes, not \(entry.size)", path: entry.path)
            case .found:
                guard unsafe piece.offset == done else {
                    throw TarError(.unsupportedKind, "the body has holes", path: entry.path)
                }
                do { try unsafe deliver(piece.bytes) } catch {
                    throw TarError(.sinkFailed, "the body can't be passed on", path: entry.path, cause: error)
                }
                done += unsafe Int64(piece.bytes.count)
            }
        }
    }
}
