import CArchive

/// The bytes of an archive, from memory or a descriptor, block by block; knows where the last byte lies that is not 0.
@safe
final class ByteSource {
    /// Where the bytes come from.
    enum Origin {
        case memory([UInt8])
        /// Borrowed; read on from where it stands.
        case descriptor(Int32)
        /// What a layer holds once its compression is undone.
        case layer(LayerStream)
    }

    private static let capacity = 64 << 10

    private let origin: Origin
    private let limit: Int64
    private let buffer: UnsafeMutableRawBufferPointer
    private var blockStart: Int64 = 0

    /// How many bytes were read.
    private(set) var total: Int64 = 0

    /// The offset after the last byte so far that is not 0.
    private(set) var endOfContent: Int64 = 0

    /// Why reading stopped short.
    private(set) var failure: TarError?

    init(_ origin: Origin, limit: Int64) {
        self.origin = origin
        self.limit = limit
        var size = Self.capacity
        if case .memory(let bytes) = origin { size = min(size, max(bytes.count, 512)) }
        unsafe buffer = .allocate(byteCount: size, alignment: 16)
    }

    deinit { unsafe buffer.deallocate() }

    /// Where the current block lies, until the next is read.
    var start: UnsafeRawPointer? { unsafe UnsafeRawPointer(buffer.baseAddress) }

    /// Reads the next block, all of it but at the end; its length, 0 at the end, -1 after a failure.
    func readBlock() -> Int {
        if failure != nil { return -1 }
        let count =
            switch origin {
            case .memory(let bytes): copyBlock(of: bytes)
            case .descriptor(let descriptor): readBlock(from: descriptor)
            case .layer(let stream): readBlock(from: stream)
            }
        if count <= 0 { return count }
        blockStart = total
        total += Int64(count)
        if total > limit {
            failure = TarError(.overLimit, "the archive has more than \(limit) bytes")
            return -1
        }
        if let last = unsafe buffer[..<count].lastIndex(where: { $0 != 0 }) {
            endOfContent = blockStart + Int64(last) + 1
        }
        return count
    }

    /// A byte of the current block by its offset in the archive.
    func byte(at offset: Int64) -> UInt8? {
        guard offset >= blockStart, offset < total else { return nil }
        return unsafe buffer[Int(offset - blockStart)]
    }

    /// Reads to the end, before which only zeros may lie, and of these two blocks; `end` is where the last entry ends.
    ///
    /// - Throws: ``TarError``: `missingEnd`, `trailingBytes`, and why reading stopped.
    func checkEnd(after end: Int64) throws(TarError) {
        while readBlock() > 0 {}
        if let failure { throw failure }
        guard endOfContent <= end else {
            let last = endOfContent - 1
            throw TarError(.trailingBytes, "something other than zeros follows the end, the last of it at byte \(last)")
        }
        guard total - end >= 1024 else {
            throw TarError(.missingEnd, "two blocks of zeros must end the archive: it is cut off")
        }
    }

    private func copyBlock(of bytes: [UInt8]) -> Int {
        let done = Int(total)
        let count = unsafe min(buffer.count, bytes.count - done)
        unsafe bytes.withUnsafeBytes { all in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[done..<done + count]))
        }
        return count
    }

    private func readBlock(from stream: LayerStream) -> Int {
        do throws(TarError) {
            return try unsafe stream.read(into: buffer)
        } catch {
            failure = error
            return -1
        }
    }

    private func readBlock(from descriptor: Int32) -> Int {
        var count = 0
        while unsafe count < buffer.count {
            guard let next = unsafe buffer.baseAddress?.advanced(by: count) else { break }
            let more = unsafe carchive_read(descriptor, next, buffer.count - count)
            if more == 0 { break }
            if more < 0 {
                let errno = Int32(-more)
                failure = TarError(.readFailed, "the archive can't be read (errno \(errno))", errno: errno)
                return -1
            }
            count += more
        }
        return count
    }
}
