/// The bytes of a layer's tar, whatever compression they lie in; what a gzip bomb would become is refused early.
@safe
package final class LayerStream {
    package let compression: Compression
    private let source: ByteSource
    private let archive: ReadArchive?
    private var piece = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var total: Int64 = 0
    /// Given each piece of the uncompressed bytes, in order.
    private let observe: (UnsafeRawBufferPointer) -> Void

    /// Bytes that are taken whatever they were compressed from, and how many times as many as they were compressed from.
    private static let freeBytes: Int64 = 64 << 20
    private static let greatestRatio: Int64 = 100

    /// Opens what a descriptor holds from where it stands; that stays the caller's, and open as long as this is used.
    ///
    /// - Throws: ``TarError``: `library`, `damaged`, `readFailed`.
    package init(
        descriptor: Int32,
        _ compression: Compression,
        limits: TarLimits = TarLimits(),
        observe: @escaping (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(TarError) {
        self.compression = compression
        unsafe self.observe = unsafe observe
        source = ByteSource(.descriptor(descriptor), limit: limits.totalBytes)
        archive = compression == .none ? nil : try ReadArchive(source, expanding: compression)
        guard let archive else { return }
        guard case .found = archive.nextHeader(try EntryRecord()) else { throw archive.failure(nil) }
    }

    /// The compression of what begins like this: RFC 1952, 2.3.1, and RFC 8878, 3.1.1.
    package static func compression(of head: [UInt8]) -> Compression {
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        return .none
    }

    /// Fills the buffer, all of it but at the end; gives how many bytes it has.
    ///
    /// - Throws: ``TarError``: `damaged`, `overLimit`, `readFailed`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TarError) -> Int {
        var count = 0
        while count < buffer.count {
            let isUsed = unsafe piece.isEmpty
            if isUsed, try !next() { break }
            let part = unsafe min(piece.count, buffer.count - count)
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<part]))
            unsafe piece = UnsafeRawBufferPointer(rebasing: piece[part...])
            count += part
        }
        return count
    }

    /// Reads all that is left, for who wants no more than to observe it.
    ///
    /// - Throws: ``TarError``: `damaged`, `overLimit`, `readFailed`.
    package func readAll() throws(TarError) {
        while try next() {}
    }

    private func next() throws(TarError) -> Bool {
        if let archive {
            let next = unsafe archive.nextPiece()
            switch unsafe next.outcome {
            case .failed: throw archive.failure(nil)
            case .end: return false
            case .found: unsafe piece = unsafe next.bytes
            }
        } else {
            let count = source.readBlock()
            if let failure = source.failure { throw failure }
            if count == 0 { return false }
            unsafe piece = UnsafeRawBufferPointer(start: source.start, count: count)
        }
        unsafe total += Int64(piece.count)
        if total > Self.freeBytes, total / Self.greatestRatio > source.total {
            let ratio = Self.greatestRatio
            throw TarError(
                .overLimit,
                "its \(compression.rawValue) holds more than \(ratio) times as many bytes as it has"
            )
        }
        unsafe observe(piece)
        return true
    }
}
