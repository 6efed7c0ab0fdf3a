import HostFiles
import SandboxPipeline
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A sandbox with a terminal that the program types on", .tags(.large))
struct InteractiveTests {
    private static let runtimes: [SandboxRuntime] = [.bubblewrap, .runc, .gVisor].filter {
        Requirements.has($0.rawValue)
    }

    private func program() throws -> Program { try Program(path: "/usr/bin:/bin:/usr/sbin:/sbin") }

    /// All that the terminal shows, until nobody has it any more.
    private func readAll(_ terminal: Int32) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(terminal, &buffer, buffer.count), count > 0 { text += buffer.prefix(count) }
        return String(decoding: text, as: UTF8.self)
    }

    @Test("it is typed on, read, resized, and gone with the sandbox", arguments: runtimes)
    func session(runtime: SandboxRuntime) throws {
        let program = try program()
        let script = "read line; stty size; echo got $line; exit 6"
        let specification = try SandboxSpecification(command: ["sh", "-c", script], hasTerminal: true).using(runtime)
        let sandbox = try program.pipeline.spawnInteractive(try program.pipeline.plan(specification))
        let terminal = try #require(sandbox.terminal)
        try sandbox.resizeTerminal(columns: 70, rows: 20)
        try FileContent.write(Array("typed\n".utf8), to: terminal, path: "terminal")
        let shown = readAll(terminal)
        #expect(shown.contains("20 70\r\n") && shown.contains("got typed\r\n"), "\(shown)")
        let run = try sandbox.wait()
        #expect(run.exitCode == 6, "\(run)")
        sandbox.release()
        #expect(sandbox.terminal == nil)
    }

    @Test("a plan without a terminal, and a launcher that can't start, are errors")
    func errors() throws {
        let program = try program()
        let plain = try program.pipeline.plan(try SandboxSpecification(command: ["true"]))
        #expect(throws: SandboxError.self) { try program.pipeline.spawnInteractive(plain) }
        let missing = try SandboxSpecification(command: ["/no/such/program"], hasTerminal: true)
        let sandbox = try program.pipeline.spawnInteractive(try program.pipeline.plan(missing))
        #expect(sandbox.terminal == nil)
        #expect(try sandbox.wait().exitCode == 127)
        #expect(throws: SandboxError.self) { try sandbox.resizeTerminal(columns: 1, rows: 1) }
    }
}
