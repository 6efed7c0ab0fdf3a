internal import CHostShims

/// Something that happens once, which any number of threads wait for, as often as they like.
@safe package final class Latch: Sendable {
    /// Locked by itself.
    nonisolated(unsafe) private let raw: OpaquePointer

    /// A latch that is closed.
    ///
    /// - Throws: ``ProcessError`` when there is no memory.
    package init() throws(ProcessError) {
        guard let made = unsafe sbx_latch_make() else {
            throw ProcessError(code: .systemCall, operation: "make a latch", message: "no memory")
        }
        unsafe raw = made
    }

    deinit { unsafe sbx_latch_free(raw) }

    /// Opens it for good; doing it again is free of effect.
    package func open() { unsafe sbx_latch_open(raw) }

    /// Waits until it is open, for ever if it is never opened; the calling thread waits.
    package func wait() { unsafe sbx_latch_wait(raw) }
}
