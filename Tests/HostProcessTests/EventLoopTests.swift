import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("The event loop", .tags(.medium))
struct EventLoopTests {
    @Test("output that comes after the child's end is read to its end")
    func lateOutput() throws {
        let found = try runScript("(sleep 0.2; echo late) & echo early")
        #expect(found.lines == ["early", "late"])
        #expect(!found.outcome.wasStopped)
        #expect(found.outcome.abandoned.isEmpty)
    }

    @Test("a process that holds the pipe open is not waited for beyond the drain limit")
    func heldPipe() throws {
        let started = ContinuousClock.now
        let found = try runScript("sleep 60 & echo said; echo $!", drainLimit: .milliseconds(100))
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(found.lines.first == "said")
        #expect(found.outcome.abandoned.count == 1)
        if let left = found.lines.last.flatMap({ Int32($0) }) { kill(left, SIGKILL) }
    }

    @Test("what floods a held pipe is drained of a bounded amount")
    func heldFlood() throws {
        let found = try runScript("(sleep 0.05; exec yes) & echo $!", drainLimit: .milliseconds(50)) {
            $0.newSession = true
        }
        #expect(found.outcome.abandoned.count == 1)
        let left = try #require(Int32(found.output.prefix { $0 != "\n" }))
        kill(left, SIGKILL)
    }

    @Test("what is left of the child's group is killed before it is reaped")
    func groupKilled() throws {
        let found = try runScript("sleep 60 & echo said", group: .kill, drainLimit: .seconds(30)) {
            $0.newSession = true
        }
        #expect(found.output == "said\n")
        #expect(found.outcome.abandoned.isEmpty)
    }

    @Test("two streams stay apart, and each tells of its end")
    func twoStreams() throws {
        let (first, second) = (try makePipe(), try makePipe())
        let loop = EventLoop()
        var text = ["", ""]
        var ends: [StreamEnd] = []
        for (index, descriptor) in [first.read, second.read].enumerated() {
            try loop.addStream(
                descriptor,
                onBytes: { text[index] += String(decoding: $0, as: UTF8.self) },
                onEnd: { ends.append($0) }
            )
        }
        let child = try spawnScript("echo out; echo err >&2", output: first.write) {
            $0.descriptors[2].parent = second.write
        }
        close(second.write)
        try loop.watch(child) { _ in }
        #expect(try loop.run().wasStopped == false)
        #expect(text == ["out\n", "err\n"])
        #expect(ends == [.endOfFile, .endOfFile])
    }

    @Test("100 MiB pass in chunks of 64 KiB at most, and memory does not grow with them")
    func bulk() async {
        await #expect(processExitsWith: .success) {
            let pipe = try makePipe()
            let loop = EventLoop()
            var (total, largest) = (0, 0)
            try loop.addStream(pipe.read) {
                total += $0.count
                largest = max(largest, $0.count)
            }
            let before = peakKilobytes()
            let child = try spawnScript("head -c 104857600 /dev/zero", output: pipe.write)
            try loop.watch(child) { _ in }
            _ = try loop.run()
            #expect(total == 104_857_600)
            #expect(largest <= 65_536)
            #expect(peakKilobytes() - before < 8 * 1024)
        }
    }

    @Test("a flood on one stream holds up neither timers nor the other stream")
    func fairness() throws {
        let (flood, quiet) = (try makePipe(), try makePipe())
        let loop = EventLoop()
        var beats = 0
        var heard = ""
        var otherEnd: ChildEnd?
        try loop.addStream(flood.read, onBytes: { _ in })
        try loop.addStream(quiet.read, onBytes: { heard += String(decoding: $0, as: UTF8.self) })
        let child = try spawnScript("exec yes", output: flood.write)
        let other = try spawnScript("sleep 0.1; echo heard", output: quiet.write)
        try loop.watch(child) { _ in }
        try loop.watch(other) { otherEnd = $0 }
        loop.addTimer(after: .milliseconds(10), every: .milliseconds(10)) {
            beats += 1
            if heard == "heard\n" && otherEnd != nil || beats > 1000 { loop.stop() }
        }
        #expect(try loop.run().wasStopped)
        #expect(heard == "heard\n")
        loop.close()
        try child.send(signal: SIGKILL)
        _ = try child.wait()
    }

    @Test("a child watched by the end of another keeps the loop going")
    func chained() throws {
        let loop = EventLoop()
        var order: [String] = []
        let (one, two) = (try makePipe(), try makePipe())
        defer { [one.read, two.read].forEach { close($0) } }
        let first = try spawnScript("true", output: one.write)
        let second = try spawnScript("sleep 0.1; exit 3", output: two.write)
        let (descriptor, number) = (second.descriptor, second.processID)
        #expect(descriptor >= 0 && number > 0)
        try loop.watch(first) { _ in order.append("first") }
        try loop.watch(second) { end in order.append("\(end.status)") }
        _ = try loop.run()
        #expect(order == ["first", "exited(3)"])
    }

    @Test("timers come in their order, repeat, and can be cancelled")
    func timers() throws {
        let loop = EventLoop()
        let pipe = try makePipe()
        defer { close(pipe.write) }
        try loop.addStream(pipe.read, onBytes: { _ in })
        var events: [String] = []
        let cancelled = loop.addTimer(after: .milliseconds(1)) { events.append("cancelled") }
        loop.addTimer(after: .milliseconds(100)) { loop.stop() }
        loop.addTimer(after: .milliseconds(15), every: .milliseconds(30)) { events.append("beat") }
        loop.addTimer(after: .milliseconds(2)) { events.append("once") }
        loop.removeTimer(cancelled)
        #expect(try loop.run().wasStopped)
        #expect(events.first == "once")
        #expect(events.dropFirst().count >= 2 && events.dropFirst().allSatisfy { $0 == "beat" })
    }

    @Test("a stream that is removed by its own handler gives no more")
    func removal() throws {
        let loop = EventLoop()
        let pipe = try makePipe()
        #expect(write(pipe.write, "some", 4) == 4)
        var ends: [StreamEnd] = []
        var id: StreamID?
        id = try loop.addStream(
            pipe.read,
            onBytes: { _ in if let id { loop.removeStream(id) } },
            onEnd: { ends.append($0) }
        )
        _ = try loop.run()
        #expect(ends == [.removed])
        close(pipe.write)
    }

    @Test("a loop with nothing to wait for ends at once, and one in a handler is refused")
    func emptyAndNested() throws {
        let loop = EventLoop()
        loop.addTimer(after: .seconds(60)) {}
        #expect(try loop.run().wasStopped == false)
        var refused: ProcessError?
        loop.addTimer(after: .zero) {
            do { _ = try loop.run() } catch { refused = error as? ProcessError }
            loop.stop()
        }
        _ = try loop.run()
        #expect(refused?.code == .invalidRequest)
    }
}
