import HostFiles
import HostProcess
import Synchronization
import Testing

@Suite("Work on every processor", .tags(.medium))
struct ParallelWorkTests {
    @Test("Each piece is done once, however many there are", arguments: [0, 1, 2, 1000])
    func once(count: Int) throws {
        let times = Mutex(Array(repeating: 0, count: count))
        try ParallelWork.forEach(count) { number in times.withLock { $0[number] += 1 } }
        #expect(times.withLock { $0 } == Array(repeating: 1, count: count))
    }

    @Test("Of several that fail the first in order is told, and little is begun after it")
    func failure() throws {
        let begun = Atomic<Int>(0)
        let error = #expect(throws: Failure.self) {
            try ParallelWork.forEach(100_000) { number in
                begun.wrappingAdd(1, ordering: .relaxed)
                // The later one comes first.
                if number == 20 { HostSystem.sleep(milliseconds: 20) }
                if number == 20 || number == 21 { throw Failure(number: number) }
            }
        }
        #expect(error?.number == 20)
        #expect(begun.load(ordering: .relaxed) < 100_000)
    }

    private struct Failure: Error { let number: Int }
}
