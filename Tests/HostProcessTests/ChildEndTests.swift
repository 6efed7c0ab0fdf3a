import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("The end of a child", .tags(.medium))
struct ChildEndTests {
    @Test("each exit status arrives as it was", arguments: [0, 1, 126, 127, 137, 255] as [Int32])
    func exitStatus(_ status: Int32) throws {
        #expect(try runScript("exit \(status)").end.status == .exited(status))
    }

    @Test("a signal is told from an exit status", arguments: [SIGTERM, SIGKILL, SIGUSR2] as [Int32])
    func signal(_ number: Int32) throws {
        #expect(try runScript("kill -\(number) $$").end.status == .signaled(number, coreDumped: false))
    }

    @Test("processor time and memory of what the child waited for are counted")
    func resources() throws {
        let end = try runScript("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done").end
        #expect(end.userSeconds + end.systemSeconds > 0.01)
        #expect(end.userSeconds + end.systemSeconds < 30)
        #expect(end.maximumResidentBytes > 500_000)
    }

    @Test("waiting with a limit returns when it is over, and again when the child ends")
    func waitLimit() throws {
        let pipe = try makePipe()
        defer { close(pipe.read) }
        let child = try spawnScript("exec sleep 60", output: pipe.write)
        #expect(try child.wait(within: .milliseconds(20)) == nil)
        #expect(try child.send(signal: SIGTERM))
        #expect(try child.wait(within: .seconds(10))?.status == .signaled(SIGTERM, coreDumped: false))
    }

    @Test("a child is reaped once, and no signal goes out under its number afterwards")
    func reapedOnce() throws {
        let pipe = try makePipe()
        defer { close(pipe.read) }
        let child = try spawnScript("true", output: pipe.write) { $0.newSession = true }
        #expect(try child.wait().status == .exited(0))
        #expect(try child.send(signal: SIGKILL) == false)
        #expect(try child.sendToGroup(signal: SIGKILL) == false)
        #expect(throws: ProcessError.self) { _ = try child.wait() }
    }

    @Test("a signal to the group reaches what the child started")
    func groupSignal() throws {
        let pipe = try makePipe()
        let child = try spawnScript("sleep 60 & echo ready; wait", output: pipe.write) { $0.newSession = true }
        var byte: UInt8 = 0
        #expect(read(pipe.read, &byte, 1) == 1)
        #expect(try child.sendToGroup(signal: SIGKILL))
        #expect(try child.wait().status == .signaled(SIGKILL, coreDumped: false))
        // Ends only when `sleep` has let go of the pipe too.
        #expect(readAll(pipe.read) == Array("eady\n".utf8))
        close(pipe.read)
    }

    @Test("a process that is no child can't be adopted")
    func foreignProcess() {
        let error = #expect(throws: ProcessError.self) { _ = try ChildProcess(adopting: getppid()) }
        #expect(error?.code == .noSuchProcess)
    }
}
