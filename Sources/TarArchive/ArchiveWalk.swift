/// One way through an archive, entry by entry, for the readers: each has rules of its own for what a header may say.
///
/// Any failure or warning of libarchive is an error, and so are an end without two blocks of zeros, anything but zeros after
/// it, bytes that belong to no entry, and two entries of one path. After an error each further call throws that error again.
struct ArchiveWalk: ~Copyable {
    /// What of an entry counts for its place in the archive.
    struct Place {
        let path: [UInt8]
        let size: Int64
        let isDirectory: Bool
        /// Whether it is the folder that all others lie in, which has no path.
        var isTop = false
    }

    let limits: TarLimits
    private let source: ByteSource
    private let archive: ReadArchive
    private let record: EntryRecord
    private var ledger = PathLedger()
    private var count = 0
    private var current: Place?
    private var bodyIsUnread = false
    private var nextHeaderOffset: Int64 = 0
    private var isAtEnd = false
    private var failure: TarError?

    /// - Throws: ``TarError``: `library`, `damaged`, `overLimit`, `readFailed`.
    init(_ origin: ByteSource.Origin, _ content: ReadArchive.Content, _ limits: TarLimits) throws(TarError) {
        let bytes = ByteSource(origin, limit: limits.totalBytes)
        let reader = try ReadArchive(bytes, content)
        let entry = try EntryRecord()
        self.limits = limits
        source = bytes
        archive = reader
        record = entry
    }

    /// Where the current entry's body lies in the archive.
    var bodyOffset: Int64 { nextHeaderOffset - Self.padded(current?.size ?? 0) }

    /// Goes to the next entry, past what is left of the body before, and has it read; false at a proper end.
    ///
    /// `read` gets libarchive's record and where its header ends in the source.
    mutating func next(
        _ read: (EntryRecord, ByteSource, Int64) throws(TarError) -> Place
    ) throws(TarError) -> Bool {
        if isAtEnd { return false }
        return try attempt { (walk) throws(TarError) in try walk.advance(read) }
    }

    /// The current entry's body, whole.
    mutating func body() throws(TarError) -> [UInt8] {
        var body: [UInt8] = []
        try attempt { (walk) throws(TarError) in
            let size = walk.current?.size ?? 0
            guard size <= Int64(walk.limits.memoryBytes) else {
                throw walk.error(.overLimit, "\(size) bytes are more than \(walk.limits.memoryBytes) in memory")
            }
            // A header's claim alone allocates no more than this.
            body.reserveCapacity(min(Int(size), 1 << 20))
            try unsafe walk.drain { (piece) throws(TarError) in unsafe body.append(contentsOf: piece) }
        }
        return body
    }

    /// Passes on the current entry's body in pieces of at most 64 KiB, each valid during its call only.
    mutating func body(into deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        try attempt { (walk) throws(TarError) in
            let path = walk.current?.path
            try unsafe walk.drain { (piece) throws(TarError) in
                do {
                    try unsafe deliver(piece)
                } catch {
                    throw TarError(.sinkFailed, "the body can't be passed on", path: path, cause: error)
                }
            }
        }
    }

    private mutating func attempt<Result>(
        _ work: (inout ArchiveWalk) throws(TarError) -> Result
    ) throws(TarError) -> Result {
        if let failure { throw failure }
        do throws(TarError) {
            return try work(&self)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance(
        _ read: (EntryRecord, ByteSource, Int64) throws(TarError) -> Place
    ) throws(TarError) -> Bool {
        let before = current?.path
        current = nil
        bodyIsUnread = false
        switch archive.nextHeader(record) {
        case .failed: throw archive.failure(record.path ?? before)
        case .end:
            try checkOffset(before)
            try source.checkEnd(after: archive.headerOffset)
            isAtEnd = true
            return false
        case .found: break
        }
        try checkOffset(before)
        count += 1
        if count > limits.entries { throw TarError(.overLimit, "there are more than \(limits.entries) entries") }
        let place = try read(record, source, archive.offset)
        if !place.isTop { try ledger.admit(place.path, isDirectory: place.isDirectory) }
        nextHeaderOffset = archive.offset + Self.padded(place.size)
        current = place
        bodyIsUnread = true
        return true
    }

    /// A body's length with its padding.
    private static func padded(_ size: Int64) -> Int64 { (size + 511) / 512 * 512 }

    /// Every byte belongs to an entry: the next header lies where size and padding of the one before put it.
    private func checkOffset(_ path: [UInt8]?) throws(TarError) {
        guard archive.headerOffset == nextHeaderOffset else {
            throw TarError(.damaged, "the body is not as long as the header says", path: path)
        }
    }

    private mutating func drain(_ deliver: (UnsafeRawBufferPointer) throws(TarError) -> Void) throws(TarError) {
        guard let place = current, bodyIsUnread else {
            throw error(.noBody, "there is no body to read, or it was read before")
        }
        bodyIsUnread = false
        var done: Int64 = 0
        while true {
            let piece = unsafe archive.nextPiece()
            switch unsafe piece.outcome {
            case .failed: throw archive.failure(place.path)
            case .end:
                if done == place.size { return }
                throw error(.damaged, "the body has \(done) bytes, not \(place.size)")
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
