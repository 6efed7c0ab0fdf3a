import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Independent pieces of work, done on every processor that there is.
package enum ParallelWork {
    /// More threads than this read one disk no faster.
    private static let mostThreads = 8

    /// Does a piece for each number below `count`, in no order, and waits for all.
    ///
    /// After a piece that fails no later number is begun, so that the failure told is that of the smallest number that fails,
    /// whatever the number of threads. Where a thread can't be made there is one less.
    /// - Throws: what `body` throws.
    package static func forEach(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        let queue = Queue(count)
        let threads = min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), mostThreads, count)
        var ends: [Latch] = []
        for _ in 1..<max(threads, 1) {
            guard let end = try? Latch(),
                (try? HostThread.start {
                    queue.run(body); end.open()
                }) != nil
            else { break }
            ends.append(end)
        }
        queue.run(body)
        for end in ends { end.wait() }
        if let error = queue.failure { throw error }
    }

    private final class Queue: Sendable {
        private let next = Atomic<Int>(0)
        private let end: Atomic<Int>
        private let first = Mutex<(number: Int, error: any Error)?>(nil)

        init(_ count: Int) { end = Atomic(count) }

        var failure: (any Error)? { first.withLock { $0?.error } }

        func run(_ body: (Int) throws -> Void) {
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < end.load(ordering: .relaxed) else { return }
                do { try body(number) } catch { note(error, at: number) }
            }
        }

        private func note(_ error: any Error, at number: Int) {
            first.withLock { first in
                guard number < first?.number ?? Int.max else { return }
                first = (number, error)
                end.store(number, ordering: .relaxed)
            }
        }
    }
}
