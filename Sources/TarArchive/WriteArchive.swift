import CArchive

/// One of libarchive's writers, which hands each piece to a sink at once: two of them can so take turns.
@safe
final class WriteArchive {
    /// The header that an entry gets.
    enum Format {
        /// POSIX.1-1988: 256 bytes of path at most, 8 GiB, times of 33 bits.
        case ustar
        /// ustar after a POSIX.1-2001 header with what doesn't fit, and `hdrcharset=BINARY`: bytes as they are.
        case pax
    }

    private let archive: OpaquePointer
    private let sink: BlockSink

    /// - Throws: ``TarError/Code/library``.
    init(_ format: Format, sink: BlockSink) throws(TarError) {
        guard let archive = unsafe archive_write_new() else { throw TarError(.library, "no memory for a writer") }
        unsafe self.archive = unsafe archive
        self.sink = sink
        var status =
            switch format {
            case .ustar: unsafe archive_write_set_format_ustar(archive)
            case .pax: unsafe archive_write_set_format_pax_restricted(archive)
            }
        if status == ARCHIVE_OK, format == .pax {
            status = unsafe archive_write_set_format_option(archive, "pax", "hdrcharset", "BINARY")
        }
        if status == ARCHIVE_OK { status = unsafe archive_write_set_bytes_per_block(archive, 0) }
        if status == ARCHIVE_OK {
            let context = unsafe Unmanaged.passUnretained(sink).toOpaque()
            status = unsafe archive_write_open(archive, context, nil, Self.passOn, nil)
        }
        if status != ARCHIVE_OK { throw unsafe TarError(.library, of: archive) }
    }

    /// What was not closed by ``close()`` is closed here: the sink must be, before.
    deinit { unsafe archive_write_free(archive) }

    /// Writes a header; false when this format has no room for the entry, and then nothing is written.
    func begin(_ record: EntryRecord, path: [UInt8]) throws(TarError) -> Bool {
        let status = unsafe archive_write_header(archive, record.pointer)
        if status == ARCHIVE_FAILED { return false }
        try check(status, path)
        return true
    }

    /// Writes a piece of the body.
    func write(_ bytes: UnsafeRawBufferPointer, path: [UInt8]) throws(TarError) {
        if unsafe bytes.isEmpty { return }
        let count = unsafe archive_write_data(archive, bytes.baseAddress, bytes.count)
        if count != bytes.count { throw failure(path) }
    }

    /// Pads the body to a whole block.
    func end(path: [UInt8]) throws(TarError) { try check(unsafe archive_write_finish_entry(archive), path) }

    /// Writes the two blocks of zeros that end an archive.
    func close() throws(TarError) { try check(unsafe archive_write_close(archive), nil) }

    /// Why nothing more can be written.
    func failure(_ path: [UInt8]?) -> TarError {
        if let cause = sink.failure {
            return TarError(.sinkFailed, "the archive can't be passed on", path: path, cause: cause)
        }
        return unsafe TarError(.library, of: archive, path: path)
    }

    private func check(_ status: Int32, _ path: [UInt8]?) throws(TarError) {
        if status != ARCHIVE_OK { throw failure(path) }
    }

    static let passOn: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = {
        _,
        context,
        bytes,
        count in
        guard let context = unsafe context else { return -1 }
        let sink = unsafe Unmanaged<BlockSink>.fromOpaque(context).takeUnretainedValue()
        return unsafe sink.take(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
    }
}
