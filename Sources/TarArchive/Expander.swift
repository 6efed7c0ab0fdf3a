import CArchive

/// Gives back what was compressed.
package enum Expander {
    /// Passes on all that a descriptor holds from where it stands, expanded, in pieces each valid during its call only.
    ///
    /// The descriptor stays the caller's.
    /// - Throws: ``TarError``: `damaged` for what is cut off or compressed in another way, `readFailed`, and `sinkFailed`
    ///   with what `deliver` threw, which so bounds what comes out.
    package static func expand(
        descriptor: Int32,
        _ compression: Compression,
        into deliver: (UnsafeRawBufferPointer) throws -> Void
    ) throws(TarError) {
        try unsafe expand(ByteSource(.descriptor(descriptor), limit: .max), compression, deliver)
    }

    /// The same of bytes in memory.
    package static func expand(
        bytes: [UInt8],
        _ compression: Compression,
        into deliver: (UnsafeRawBufferPointer) throws -> Void
    ) throws(TarError) {
        try unsafe expand(ByteSource(.memory(bytes), limit: .max), compression, deliver)
    }

    private static func expand(
        _ source: ByteSource,
        _ compression: Compression,
        _ deliver: (UnsafeRawBufferPointer) throws -> Void
    ) throws(TarError) {
        let archive = try ReadArchive(source, expanding: compression)
        let record = try EntryRecord()
        guard archive.nextHeader(record) == .found else {
            if source.failure == nil, source.total == 0 { throw TarError(.damaged, "there is nothing to expand") }
            throw archive.failure(nil)
        }
        guard archive.filter == compression.code else {
            throw TarError(.damaged, "the bytes are not compressed by \(compression.rawValue)")
        }
        while true {
            let piece = unsafe archive.nextPiece()
            switch unsafe piece.outcome {
            case .failed: throw archive.failure(nil)
            case .end: return
            case .found:
                do {
                    try unsafe deliver(piece.bytes)
                } catch {
                    throw TarError(.sinkFailed, "what is expanded can't be passed on", cause: error)
                }
            }
        }
    }
}
