import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Signals go to the thread, by raise(3): the other threads of a test process block what they like.
@Suite("Signals as events", .tags(.medium))
struct SignalTests {
    @Test("a signal is forwarded to the command, whose end is then its own")
    func forwarded() async {
        await #expect(processExitsWith: .success) {
            unblockSignals()
            let source = try SignalSource()
            let pipe = try makePipe()
            let loop = EventLoop()
            var text = ""
            let script = "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
            let child = try spawnScript(script, output: pipe.write)
            let held = try ProcessHandle(opening: child.processID, childOf: getpid())
            let target = held.processID
            try loop.addStream(pipe.read) {
                text += String(decoding: $0, as: UTF8.self)
                if text == "ready\n" { raise(SIGTERM) }
            }
            var senders: [Int32] = []
            loop.receiveSignals(from: source) {
                senders.append($0.sender)
                kill(target, $0.number)
            }
            var end: ChildEnd?
            try loop.watch(child) { end = $0 }
            _ = try loop.run()
            #expect(text == "ready\ngot\n")
            #expect(end?.status == .exited(5))
            #expect(senders == [getpid()])
            source.close()
        }
    }

    @Test("a signal that is ignored at the start is left alone, as nohup wants")
    func ignoredStays() async {
        await #expect(processExitsWith: .success) {
            try SignalDisposition.ignore(SIGHUP)
            unblockSignals()
            let source = try SignalSource()
            raise(SIGHUP)
            raise(SIGUSR1)
            #expect(try source.next()?.number == SIGUSR1)
            #expect(try source.next() == nil)
            source.close()
        }
    }

    @Test("signals that come together are all taken")
    func several() async {
        await #expect(processExitsWith: .success) {
            unblockSignals()
            let source = try SignalSource([SIGUSR1, SIGUSR2, SIGWINCH])
            for number in [SIGUSR1, SIGUSR2, SIGWINCH] { raise(number) }
            var found: Set<Int32> = []
            while let signal = try source.next() { found.insert(signal.number) }
            #expect(found == [SIGUSR1, SIGUSR2, SIGWINCH])
            source.close()
        }
    }

    @Test("after closing, a signal has its default effect again")
    func restored() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            unblockSignals()
            let source = try SignalSource()
            source.close()
            raise(SIGTERM)
            usleep(1_000_000)
        }
    }
}
