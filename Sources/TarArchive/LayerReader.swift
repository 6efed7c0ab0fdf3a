/// Reads the tar of an image's layer: strictly, but with all that such layers hold and a plain tree does not.
///
/// ustar, GNU and pax headers are taken. Any failure or warning of libarchive is an error, and so are an end without two
/// blocks of zeros, anything but zeros after it, two entries of one path, an entry below what is no folder in the same
/// layer, and every path that could lead elsewhere. After an error each further call throws that error again.
package struct LayerReader: ~Copyable {
    private var walk: ArchiveWalk

    /// - Throws: ``TarError``: `library`, `damaged`, `overLimit`, `readFailed`.
    package init(_ stream: LayerStream, limits: TarLimits = TarLimits()) throws(TarError) {
        walk = try ArchiveWalk(.layer(stream), .layer, limits)
    }

    /// Where the current entry's body lies among the bytes without compression.
    package var bodyOffset: Int64 { walk.bodyOffset }

    /// The next entry, past what is left of the body before; nil at a proper end.
    ///
    /// - Throws: ``TarError``: `unsupportedKind`, `unsafePath`, `duplicate`, `damaged`, `missingEnd`, `trailingBytes`,
    ///   `overLimit`, `readFailed`.
    package mutating func next() throws(TarError) -> LayerEntry? {
        let rules = LayerRules(limits: walk.limits)
        var found: LayerEntry?
        _ = try walk.next { (record, source, end) throws(TarError) in
            let entry = try rules.entry(record, flag: HeaderRules.flag(source, endingAt: end))
            found = entry
            let isFolder = entry.kind == .directory
            return .init(path: entry.path, size: entry.size, isDirectory: isFolder, isTop: entry.path.isEmpty)
        }
        return found
    }

    /// Passes on the current entry's body in pieces, each valid during its call only.
    ///
    /// - Throws: ``TarError``: `sinkFailed` with what `deliver` threw, `damaged`, `overLimit`, `readFailed`, `noBody`.
    package mutating func readBody(into deliver: (UnsafeRawBufferPointer) throws -> Void) throws(TarError) {
        try unsafe walk.body(into: deliver)
    }
}
