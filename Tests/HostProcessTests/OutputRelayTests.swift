import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Relaying a stream", .tags(.medium))
struct OutputRelayTests {
    @Test("every byte arrives, in order, in a file, a pipe and a socket")
    func kinds() throws {
        let script = "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done"
        let expected = (0..<3000).map { "line \($0)\n" }.joined()
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let pipe = try makePipe()
        var path = Array("/tmp/sbxpipe-relay.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        unlink(path)
        for (from, target) in [(pipe.read, pipe.write), (pair[0], pair[1]), (file, file)] {
            let source = try makePipe()
            let loop = EventLoop()
            var received: [UInt8] = []
            let output = loop.addOutput(target)
            try loop.addStream(source.read, relay: output, onBytes: { _ in })
            // The reader of the other end is a stream of the same loop, which ends by a timer.
            let child = try spawnScript(script, output: source.write)
            var end: ChildEnd?
            try loop.watch(child) { end = $0 }
            if from != file {
                try loop.addStream(from, onBytes: { received += $0 })
                loop.addTimer(after: .milliseconds(10), every: .milliseconds(10)) {
                    if received.count >= expected.utf8.count, end != nil { loop.stop() }
                }
            }
            #expect(try loop.run(drainLimit: .seconds(20)).unwrittenBytes == 0)
            if from == file {
                lseek(file, 0, SEEK_SET)
                received = readAll(file)
            }
            #expect(String(decoding: received, as: UTF8.self) == expected)
            loop.close()
            close(target)
        }
    }

    @Test("a reader that takes nothing holds back the writer, not the timers")
    func backPressure() throws {
        let (source, sink) = (try makePipe(), try makePipe())
        let loop = EventLoop()
        var total = 0
        let output = loop.addOutput(sink.write)
        try loop.addStream(source.read, relay: output, onBytes: { total += $0.count })
        let child = try spawnScript("exec yes", output: source.write)
        try loop.watch(child) { _ in }
        loop.addTimer(after: .milliseconds(200)) { loop.stop() }
        let outcome = try loop.run()
        #expect(outcome.wasStopped)
        #expect(total <= 4 * 65_536)
        #expect(outcome.unwrittenBytes > 0)
        // The caller's own descriptor was not made non-blocking.
        #expect(fcntl(sink.write, F_GETFL) & O_NONBLOCK == 0)
        try child.send(signal: SIGKILL)
        _ = try child.wait()
        loop.close()
        [sink.read, sink.write].forEach { close($0) }
    }

    @Test("a reader that is slower than the drain limit loses nothing of a command that has ended")
    func slowReader() throws {
        let (source, sink) = (try makePipe(), try makePipe())
        let loop = EventLoop()
        let output = loop.addOutput(sink.write)
        var (total, received) = (0, 0)
        var ends: [StreamEnd] = []
        try loop.addStream(source.read, relay: output, onBytes: { total += $0.count }, onEnd: { ends.append($0) })
        // As much as the two pipes hold: the child ends before anyone reads.
        let child = try spawnScript("head -c 120000 /dev/zero", output: source.write)
        var end: ChildEnd?
        try loop.watch(child) { end = $0 }
        var failure: (any Error)?
        loop.addTimer(after: .milliseconds(300)) {
            do {
                try loop.addStream(sink.read, onBytes: { received += $0.count })
            } catch { failure = error }
        }
        loop.addTimer(after: .milliseconds(10), every: .milliseconds(10)) {
            if received == 120_000, end != nil, !ends.isEmpty { loop.stop() }
        }
        let outcome = try loop.run(drainLimit: .milliseconds(20))
        #expect(failure == nil)
        #expect(outcome.unwrittenBytes == 0)
        #expect(total == 120_000 && received == 120_000)
        #expect(ends.count == 1)
        loop.close()
        close(sink.write)
    }

    @Test("after the reader has gone the stream goes on, and the failure is told once")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            try SignalDisposition.ignore(SIGPIPE)
            let (source, sink) = (try makePipe(), try makePipe())
            close(sink.read)
            let loop = EventLoop()
            var total = 0
            var failures: [Int32] = []
            let output = loop.addOutput(sink.write) { failures.append($0) }
            try loop.addStream(source.read, relay: output, onBytes: { total += $0.count })
            let child = try spawnScript("head -c 1000000 /dev/zero", output: source.write)
            try loop.watch(child) { _ in }
            _ = try loop.run()
            #expect(total == 1_000_000)
            #expect(failures == [EPIPE])
        }
    }
}
