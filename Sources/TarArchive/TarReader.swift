/// Reads a tar archive strictly: what is not a plain tree of files, directories and symlinks is an error.
///
/// ustar, GNU and pax headers are taken; no older ones, no compression. Any failure or warning of libarchive is an error, and so are
/// an end without two blocks of zeros, anything but zeros after it, two entries of one path, and every path that
/// ``TarEntry/path`` forbids (`./a` among them). A pax path that is not ASCII needs `hdrcharset=BINARY`, as
/// ``TarWriter`` writes it: without that it would depend on the locale, and is refused. Global pax headers are passed
/// over. After an error each further call throws that error again.
package struct TarReader: ~Copyable {
    private var walk: ArchiveWalk

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
        walk = try ArchiveWalk(origin, .tar, limits)
    }

    /// The next entry, past what is left of the body before; nil at a proper end.
    ///
    /// - Throws: ``TarError``: `unsupportedKind`, `unsafePath`, `duplicate`, `damaged`, `missingEnd`, `trailingBytes`,
    ///   `overLimit`, `readFailed`.
    package mutating func next() throws(TarError) -> TarEntry? {
        let rules = HeaderRules(limits: walk.limits)
        var found: TarEntry?
        _ = try walk.next { (record, source, end) throws(TarError) in
            let entry = try rules.entry(record, header: source, endingAt: end)
            found = entry
            return .init(path: entry.path, size: entry.size, isDirectory: entry.kind.isDirectory)
        }
        return found
    }

    /// The current entry's body, whole; empty for what is no file.
    ///
    /// - Throws: ``TarError``: `damaged`, `overLimit` beyond ``TarLimits/memoryBytes``, `readFailed`, `noBody`.
    package mutating func readBody() throws(TarError) -> [UInt8] { try walk.body() }

    /// Passes on the current entry's body in pieces of at most 64 KiB, each valid during its call only.
    ///
    /// - Throws: ``TarError``: `sinkFailed` with what `deliver` threw, `damaged`, `overLimit`, `readFailed`, `noBody`.
    package mutating func readBody(into deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        try unsafe walk.body(into: deliver)
    }
}
