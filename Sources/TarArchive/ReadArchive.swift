import CArchive

/// libarchive's reader on a source: of a tar without a filter, or of what one filter expands.
@safe
final class ReadArchive {
    /// What asking for the next thing can come to; a warning is a failure.
    enum Outcome {
        case found, end, failed
    }

    /// What is read.
    enum Content {
        /// A tar, whose names are bytes; a pax header that says otherwise is refused where they are not ASCII.
        case tar
        /// A layer's tar, in whose pax headers names are UTF-8.
        case layer
    }

    private let archive: OpaquePointer
    private let source: ByteSource
    private let locale: UnsafeMutableRawPointer?

    /// - Throws: ``TarError/Code/library``, ``TarError/Code/damaged``, and the source's failure.
    init(_ source: ByteSource, _ content: Content = .tar) throws(TarError) {
        guard let archive = unsafe archive_read_new() else { throw TarError(.library, "no memory for a reader") }
        unsafe self.archive = unsafe archive
        self.source = source
        if case .layer = content { unsafe locale = carchive_new_locale() } else { unsafe locale = nil }
        guard unsafe archive_read_support_format_tar(archive) == ARCHIVE_OK else {
            throw unsafe TarError(.library, of: archive)
        }
        #if canImport(Darwin)
        // There libarchive else takes a file called ._NAME for metadata of NAME.
        unsafe archive_read_set_format_option(archive, "tar", "mac-ext", nil)
        #endif
        let context = unsafe Unmanaged.passUnretained(source).toOpaque()
        if unsafe archive_read_open(archive, context, nil, Self.nextBlock, nil) != ARCHIVE_OK { throw failure(nil) }
    }

    /// One that expands, and gives all that comes out as the body of one entry.
    init(_ source: ByteSource, expanding compression: Compression) throws(TarError) {
        guard let archive = unsafe archive_read_new() else { throw TarError(.library, "no memory for a reader") }
        unsafe self.archive = unsafe archive
        self.source = source
        unsafe locale = nil
        var status = unsafe archive_read_support_format_raw(archive)
        switch compression {
        case .none: break
        case .gzip where status == ARCHIVE_OK: status = unsafe archive_read_support_filter_gzip(archive)
        case .zstd where status == ARCHIVE_OK: status = unsafe archive_read_support_filter_zstd(archive)
        case .gzip, .zstd: break
        }
        // A warning says that another program would do it.
        guard status == ARCHIVE_OK else { throw unsafe TarError(.library, of: archive) }
        let context = unsafe Unmanaged.passUnretained(source).toOpaque()
        if unsafe archive_read_open(archive, context, nil, Self.nextBlock, nil) != ARCHIVE_OK { throw failure(nil) }
    }

    deinit {
        unsafe archive_read_free(archive)
        unsafe carchive_free_locale(locale)
    }

    /// What the outermost filter is (ARCHIVE_FILTER_…).
    var filter: Int32 { unsafe archive_filter_code(archive, 0) }

    /// Reads the next entry's headers, after what is left of the body before.
    func nextHeader(_ record: EntryRecord) -> Outcome {
        outcome(unsafe carchive_next_header_in(archive, record.pointer, locale))
    }

    /// Reads a piece of the body; `bytes` hold until the next call, `offset` is that in the body.
    func nextPiece() -> (outcome: Outcome, bytes: UnsafeRawBufferPointer, offset: Int64) {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let result = outcome(unsafe archive_read_data_block(archive, &start, &count, &offset))
        return unsafe (result, UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), offset)
    }

    /// Where the current entry's first header lies; at the end, where its zeros begin.
    var headerOffset: Int64 { unsafe archive_read_header_position(archive) }

    /// How far libarchive has come: after a header, where the body begins.
    var offset: Int64 { unsafe archive_filter_bytes(archive, 0) }

    /// Why the last call failed.
    func failure(_ path: [UInt8]?) -> TarError {
        if let failure = source.failure { return failure }
        return unsafe TarError(.damaged, of: archive, path: path)
    }

    private func outcome(_ status: Int32) -> Outcome {
        switch status {
        case ARCHIVE_OK: source.failure == nil ? .found : .failed
        case ARCHIVE_EOF: source.failure == nil ? .end : .failed
        default: .failed
        }
    }

    private static let nextBlock:
        @convention(c) (
            OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?
        ) -> Int = { _, context, block in
            guard let context = unsafe context else { return -1 }
            let source = unsafe Unmanaged<ByteSource>.fromOpaque(context).takeUnretainedValue()
            unsafe block?.pointee = unsafe source.start
            return source.readBlock()
        }
}
