import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A subreaper", .tags(.medium))
struct SubreaperTests {
    @Test("orphans that left group and session are found, killed and reaped")
    func endAll() async {
        await #expect(processExitsWith: .success) {
            try Subreaper.enable()
            // Two generations: the inner ones come here only when the outer ones are gone.
            let found = try runScript(
                "for i in 1 2 3; do setsid sh -c 'trap \"\" TERM; sleep 60 & sleep 60; sleep 60' & done; sleep 0.3",
                drainLimit: .zero
            )
            #expect(found.end.status == .exited(0))
            #expect(Subreaper.adoptedChildren().count == 3)
            #expect(try Subreaper.endAll(within: .seconds(10)).isEmpty)
            #expect(ProcessTable.children(of: getpid()).isEmpty)
        }
    }

    @Test("children that are named are spared")
    func exceptions() async {
        await #expect(processExitsWith: .success) {
            try Subreaper.enable()
            let (first, second) = (try makePipe(), try makePipe())
            let kept = try spawnScript("exec sleep 60", output: first.write)
            _ = try spawnScript("exec sleep 60", output: second.write)
            #expect(try Subreaper.endAll(except: [kept.processID], within: .seconds(10)).isEmpty)
            #expect(ProcessTable.children(of: getpid()) == [kept.processID])
            try kept.send(signal: SIGKILL)
            #expect(try kept.wait().status == .signaled(SIGKILL, coreDumped: false))
        }
    }

    @Test("a fork bomb of some hundred processes is ended within the limit")
    func manyProcesses() async {
        await #expect(processExitsWith: .success) {
            try Subreaper.enable()
            let script = "f() { [ $1 -gt 6 ] && exec sleep 60; f $(($1+1)) & f $(($1+1)) & wait; }; f 0 & sleep 0.2"
            _ = try runScript(script, drainLimit: .zero)
            #expect(try Subreaper.endAll(within: .seconds(20)).isEmpty)
        }
    }

    @Test("an orphan's end can be waited for when it is adopted")
    func adopted() async {
        await #expect(processExitsWith: .success) {
            try Subreaper.enable()
            let found = try runScript("(sleep 0.2; exit 9) & echo $!", drainLimit: .zero)
            let child = try ChildProcess(adopting: try #require(found.lines.first.flatMap { Int32($0) }))
            #expect(try child.wait().status == .exited(9))
        }
    }

    @Test("a caller's ignoring of SIGCHLD does not lose the end of a child")
    func ignoredChildSignal() async {
        await #expect(processExitsWith: .success) {
            try SignalDisposition.ignore(SIGCHLD)
            #expect(throws: ProcessError.self) { _ = try runScript("exit 4") }
            try Subreaper.enable()
            #expect(try runScript("exit 4").end.status == .exited(4))
        }
    }
}
