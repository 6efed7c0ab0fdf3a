internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A descriptor that an ``EventLoop`` writes without ever blocking on it.
final class LoopOutput {
    let id: OutputID
    private let descriptor: Int32
    private let ownDescriptor: Int32
    private let kind: sbx_output_kind
    private var pending: [UInt8] = []
    private var written = 0
    private var isBroken = false
    private var onFailure: ((Int32) -> Void)?

    init(id: OutputID, descriptor: Int32, onFailure: @escaping (Int32) -> Void) {
        self.id = id
        self.onFailure = onFailure
        var own: Int32 = -1
        kind = unsafe sbx_output_open(descriptor, &own)
        ownDescriptor = own
        self.descriptor = own >= 0 ? own : descriptor
    }

    var hasPending: Bool { written < pending.count }
    var pendingCount: Int { pending.count - written }
    /// What poll(2) is to wait on.
    var pollDescriptor: Int32 { descriptor }

    /// Writes what can be written now and keeps the rest; after a failure all bytes are dropped.
    func send(_ bytes: UnsafeRawBufferPointer) {
        if isBroken { return }
        if hasPending || kind == .shared {
            unsafe pending.append(contentsOf: bytes)
            return
        }
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let count = unsafe sbx_output_write(descriptor, kind, rest.baseAddress, rest.count)
            if count == -Int64(EAGAIN) { break }
            if count < 0 { return fail(Int32(-count)) }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        }
        unsafe pending.append(contentsOf: rest)
    }

    /// Writes once of what is pending, after poll(2) has said that something fits.
    func writePending() {
        let count = unsafe pending.withUnsafeBytes { bytes in
            unsafe sbx_output_write(descriptor, kind, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        }
        if count == -Int64(EAGAIN) { return }
        if count < 0 { return fail(Int32(-count)) }
        written += Int(count)
        if !hasPending {
            pending.removeAll(keepingCapacity: true)
            written = 0
        }
    }

    func fail(_ number: Int32) {
        isBroken = true
        pending = []
        written = 0
        let onFailure = onFailure
        self.onFailure = nil
        onFailure?(number)
    }

    deinit { if ownDescriptor >= 0 { _ = close(ownDescriptor) } }
}

/// An output of an ``EventLoop``.
package struct OutputID: Sendable, Hashable {
    let number: Int
}
