/// Gathers what libarchive writes, 512 bytes and more at a time, into blocks for the caller's closure.
@safe
final class BlockSink {
    /// Bytes of a block; a body's larger pieces go through as they are.
    static let capacity = 64 << 10

    private let deliver: (UnsafeRawBufferPointer) throws -> Void
    private let buffer: UnsafeMutableRawBufferPointer
    private var used = 0
    private var isClosed = false

    /// What the closure threw; nothing is taken after that.
    private(set) var failure: (any Error)?

    init(_ deliver: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        unsafe self.deliver = unsafe deliver
        unsafe buffer = .allocate(byteCount: Self.capacity, alignment: 16)
    }

    deinit { unsafe buffer.deallocate() }

    /// Takes bytes; false when the closure threw or the sink is closed.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if isClosed { return false }
        if used + bytes.count > Self.capacity, !flush() { return false }
        if bytes.count >= Self.capacity { return unsafe send(bytes) }
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: bytes)
        used += bytes.count
        return true
    }

    /// Hands over what is gathered.
    func flush() -> Bool {
        let count = used
        used = 0
        return unsafe count == 0 || send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }

    /// Takes nothing from now on, so that freeing a half-written archive reaches nobody.
    func close() { isClosed = true }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if isClosed { return false }
        do {
            try unsafe deliver(bytes)
            return true
        } catch {
            failure = error
            isClosed = true
            return false
        }
    }
}
