import HostFiles
import HostProcess
import Synchronization
import Testing

@Suite("Bytes on their way to a thread", .tags(.medium))
struct ByteWorkerTests {
    @Test(
        "all come once and in order, in pieces of any size, also when the worker is slow",
        arguments: [0, 1, 500, 70_000]
    )
    func order(piece: Int) throws {
        let sum = Sum()
        let worker = try ByteWorker { bytes in
            if bytes.count > 100_000 { HostSystem.sleep(milliseconds: 1) }
            sum.add(bytes)
        }
        // Far more than can be on its way at a time.
        let total = piece == 0 ? 0 : 4 << 20
        var next: UInt8 = 0
        var done = 0
        while done < total {
            let chunk = (0..<min(max(piece, 1), total - done)).map { UInt8(truncatingIfNeeded: Int(next) + $0) }
            chunk.withUnsafeBytes { worker.append($0) }
            next = next &+ UInt8(truncatingIfNeeded: chunk.count)
            done += chunk.count
            if piece == 1, done == 100_000 { break }
        }
        worker.finish()
        worker.finish()
        #expect(sum.count == done)
        #expect(sum.isInOrder)
    }

    @Test("one that is let go of has worked on all")
    func letGo() throws {
        let sum = Sum()
        do {
            let worker = try ByteWorker { sum.add($0) }
            [UInt8](0...255).withUnsafeBytes { worker.append($0) }
        }
        #expect(sum.count == 256 && sum.isInOrder)
    }
}

/// Counts bytes that are to count themselves, from zero on and over.
private final class Sum: Sendable {
    private let state = Mutex((count: 0, isInOrder: true))

    var count: Int { state.withLock { $0.count } }
    var isInOrder: Bool { state.withLock { $0.isInOrder } }

    func add(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            for byte in bytes {
                if byte != UInt8(truncatingIfNeeded: state.count) { state.isInOrder = false }
                state.count += 1
            }
        }
    }
}
