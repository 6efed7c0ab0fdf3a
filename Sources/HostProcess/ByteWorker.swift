internal import CHostShims

/// A thread of ours that does something with bytes in their order, while they go on coming.
///
/// For one thread that feeds it. Two MiB are on their way at most: who feeds it faster than it works waits.
@safe package final class ByteWorker: Sendable {
    /// Locked by itself.
    nonisolated(unsafe) private let belt: OpaquePointer
    private let over: Latch

    /// Starts the thread, in which `body` gets one piece after the other, each valid during the call only.
    ///
    /// - Throws: ``ProcessError`` when there is no memory or no thread left.
    package init(_ body: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) throws(ProcessError) {
        guard let made = unsafe sbx_belt_make(8, 256 << 10) else {
            throw ProcessError(code: .systemCall, operation: "make a worker", message: "no memory")
        }
        unsafe belt = made
        do throws(ProcessError) {
            over = try Latch()
            let over = over
            nonisolated(unsafe) let belt = unsafe made
            try HostThread.start {
                var bytes: UnsafeRawPointer?
                while case let count = unsafe sbx_belt_take(belt, &bytes), count > 0 {
                    unsafe body(UnsafeRawBufferPointer(start: bytes, count: count))
                    unsafe sbx_belt_give_back(belt)
                }
                over.open()
            }
        } catch {
            unsafe sbx_belt_free(made)
            throw error
        }
    }

    deinit {
        finish()
        unsafe sbx_belt_free(belt)
    }

    /// Hands over a copy of the bytes.
    package func append(_ bytes: UnsafeRawBufferPointer) { unsafe sbx_belt_put(belt, bytes.baseAddress, bytes.count) }

    /// Waits until all that was handed over is worked on; nothing may be handed over after it.
    package func finish() {
        unsafe sbx_belt_close(belt)
        over.wait()
    }
}
