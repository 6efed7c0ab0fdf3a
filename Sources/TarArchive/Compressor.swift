import CArchive

/// Compresses bytes; what comes out depends on them, the kind and the library's version alone, on no time, name or machine.
///
/// Without ``finish()`` nothing of the end is written.
@safe
package final class Compressor {
    private let archive: OpaquePointer
    private let sink: BlockSink

    /// `deliver` gets what comes out, in pieces of any size, in order, during the calls that follow.
    ///
    /// - Throws: ``TarError/Code/library``.
    package init(
        _ compression: Compression,
        _ deliver: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws(TarError) {
        guard let archive = unsafe archive_write_new() else { throw TarError(.library, "no memory for a writer") }
        unsafe self.archive = unsafe archive
        sink = unsafe BlockSink(deliver)
        var steps = [unsafe archive_write_set_format_raw(archive)]
        switch compression {
        case .none: break
        case .gzip:
            steps.append(unsafe archive_write_add_filter_gzip(archive))
            // Without a value: no time in the header.
            steps.append(unsafe archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        case .zstd: steps.append(unsafe archive_write_add_filter_zstd(archive))
        }
        steps.append(unsafe archive_write_set_bytes_per_block(archive, 0))
        steps.append(unsafe archive_write_set_bytes_in_last_block(archive, 1))
        let context = unsafe Unmanaged.passUnretained(sink).toOpaque()
        steps.append(unsafe archive_write_open(archive, context, nil, WriteArchive.passOn, nil))
        let record = try EntryRecord()
        record.fill(TarEntry(path: Array("data".utf8), kind: .file, mode: 0, size: 0, modified: 0))
        unsafe archive_entry_unset_size(record.pointer)
        steps.append(unsafe archive_write_header(archive, record.pointer))
        // A warning says that another program would do it.
        if steps.contains(where: { $0 != ARCHIVE_OK }) { throw unsafe TarError(.library, of: archive) }
    }

    deinit {
        sink.close()
        unsafe archive_write_free(archive)
    }

    /// Takes the next bytes.
    ///
    /// - Throws: ``TarError``: `sinkFailed`, `library`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(TarError) {
        if unsafe bytes.isEmpty { return }
        let count = unsafe archive_write_data(archive, bytes.baseAddress, bytes.count)
        if count != bytes.count { throw failure }
    }

    /// Writes the end.
    ///
    /// - Throws: as ``write(_:)``.
    package func finish() throws(TarError) {
        if unsafe archive_write_close(archive) != ARCHIVE_OK || !sink.flush() { throw failure }
    }

    private var failure: TarError {
        if let cause = sink.failure {
            return TarError(.sinkFailed, "what is compressed can't be passed on", cause: cause)
        }
        return unsafe TarError(.library, of: archive)
    }
}
