import HostProcess
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Threads of ours", .tags(.medium))
struct HostThreadTests {
    @Test("every signal is blocked in them, and none more in the thread that started them")
    func signals() throws {
        let before = blocked()
        let (done, seen) = (try Latch(), Seen())
        try HostThread.start {
            seen.value.withLock { $0 = blocked() }
            done.open()
        }
        done.wait()
        let inside = seen.value.withLock { $0 }
        #expect(inside.count == 31)
        // KILL and STOP can't be blocked (pthread_sigmask(3)).
        for number in 1...31 where ![SIGKILL, SIGSTOP].contains(Int32(number)) { #expect(inside[number - 1]) }
        #expect(blocked() == before)
    }

    @Test("a latch is waited for by any number of threads, and stays open")
    func latch() throws {
        let (latch, count) = (try Latch(), Seen())
        let all = try (0..<4).map { _ in
            let done = try Latch()
            try HostThread.start {
                latch.wait()
                count.value.withLock { $0.append(true) }
                done.open()
            }
            return done
        }
        #expect(count.value.withLock { $0.isEmpty })
        latch.open()
        latch.open()
        for done in all { done.wait() }
        latch.wait()
        #expect(count.value.withLock { $0.count } == 4)
    }
}

private final class Seen: Sendable {
    let value = Mutex<[Bool]>([])
}

private func blocked() -> [Bool] {
    var set = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &set)
    return (1...31).map { (number: Int32) in sigismember(&set, number) == 1 }
}
