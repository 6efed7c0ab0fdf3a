import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A terminal", .tags(.medium))
struct TerminalTests {
    @Test("a child in a new session has it as its controlling terminal, and its end ends the stream")
    func controlling() throws {
        let (master, terminal) = try makeTerminal()
        let loop = EventLoop()
        var text = ""
        var ends: [StreamEnd] = []
        try loop.addStream(
            master,
            onBytes: { text += String(decoding: $0, as: UTF8.self) },
            onEnd: { ends.append($0) }
        )
        let child = try spawnScript("tty; echo into >/dev/tty; stty size", output: terminal) {
            $0.descriptors[0].parent = terminal
            $0.newSession = true
            $0.controllingTerminal = 0
        }
        var end: ChildEnd?
        try loop.watch(child) { end = $0 }
        _ = try loop.run()
        #expect(end?.status == .exited(0))
        let lines = text.split(separator: "\r\n")
        #expect(lines.first?.hasPrefix("/dev/pts/") == true)
        #expect(lines.dropFirst() == ["into", "0 0"])
        #expect(ends == [.endOfFile])
    }
}
