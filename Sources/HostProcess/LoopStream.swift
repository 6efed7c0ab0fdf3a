#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A descriptor that an ``EventLoop`` reads and owns.
@safe final class LoopStream {
    let id: StreamID
    let sharing: StreamSharing
    var relay: LoopOutput?
    private(set) var descriptor: Int32
    private var onBytes: ((UnsafeRawBufferPointer) -> Void)?
    private var onEnd: ((StreamEnd) -> Void)?

    init(
        id: StreamID,
        descriptor: Int32,
        sharing: StreamSharing,
        relay: LoopOutput?,
        onBytes: @escaping (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping (StreamEnd) -> Void
    ) {
        self.id = id
        self.descriptor = descriptor
        self.sharing = sharing
        self.relay = relay
        unsafe self.onBytes = onBytes
        self.onEnd = onEnd
    }

    var isOpen: Bool { descriptor >= 0 }

    /// Where its bytes go is full: they stay in the pipe until it is not.
    var isHeldBack: Bool { relay?.hasPending ?? false }

    enum ReadResult { case bytes(Int), nothingNow, ended }

    /// Reads once into the buffer and hands on what came.
    func readOnce(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        let count = unsafe readBytes(descriptor, buffer)
        if count > 0 {
            let chunk = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
            // The relay goes first: a handler that removes this stream does not lose it bytes.
            unsafe relay?.send(chunk)
            unsafe onBytes?(chunk)
            return .bytes(count)
        }
        let number = errno
        if count == 0 {
            finish(.endOfFile)
        } else if number == EAGAIN || number == EINTR {
            return .nothingNow
        } else {
            // A terminal without processes answers EIO (tty_ioctl(4), pty(7)).
            finish(number == EIO && isatty(descriptor) == 1 ? .endOfFile : .failed(number))
        }
        return .ended
    }

    /// Closes the descriptor, tells the handler and lets go of both handlers; once.
    func finish(_ end: StreamEnd) {
        if !isOpen { return }
        _ = close(descriptor)
        descriptor = -1
        let onEnd = onEnd
        unsafe onBytes = nil
        self.onEnd = nil
        onEnd?(end)
    }

    deinit { if isOpen { _ = close(descriptor) } }
}
