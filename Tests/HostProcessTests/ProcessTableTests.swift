import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("The table of processes", .tags(.medium))
struct ProcessTableTests {
    @Test("a child is found below its parent, by both ways of looking")
    func children() throws {
        let pipe = try makePipe()
        let child = try spawnScript("sleep 60 & echo $!; wait", output: pipe.write) { $0.newSession = true }
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(pipe.read, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        let inner = try #require(Int32(String(decoding: text, as: UTF8.self)))
        #expect(ProcessTable.children(of: child.processID) == [inner])
        #expect(ProcessTable.childrenByWalk(of: child.processID) == [inner])
        #expect(ProcessTable.parent(of: inner) == child.processID)
        #expect(ProcessTable.children(of: getpid()).contains(child.processID))
        let held = try ProcessHandle(opening: inner, childOf: child.processID)
        #expect(try held.hasEnded() == false)
        #expect(throws: ProcessError.self) { _ = try ProcessHandle(opening: inner, childOf: getpid()) }
        try child.sendToGroup(signal: SIGKILL)
        _ = try child.wait()
        #expect(try held.hasEnded(within: .seconds(10)))
        close(pipe.read)
    }

    @Test("a process that is gone has neither parent nor children")
    func gone() {
        #expect(ProcessTable.parent(of: Int32.max) == nil)
        #expect(ProcessTable.children(of: Int32.max).isEmpty)
    }

    @Test("a name with parentheses does not mislead")
    func oddName() throws {
        let pipe = try makePipe()
        let child = try spawnScript("printf ') S 1 (' >/proc/$$/comm; echo ready; sleep 60", output: pipe.write) {
            $0.newSession = true
        }
        var byte: UInt8 = 0
        #expect(read(pipe.read, &byte, 1) == 1)
        #expect(ProcessTable.parent(of: child.processID) == getpid())
        try child.sendToGroup(signal: SIGKILL)
        _ = try child.wait()
        close(pipe.read)
    }
}
