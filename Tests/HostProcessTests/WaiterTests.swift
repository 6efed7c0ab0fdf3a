import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is read from a descriptor up to the end of a line.
func readLine(_ descriptor: Int32) -> String {
    var text: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
    return String(decoding: text, as: UTF8.self)
}

/// The processes whose numbers are in a text, as they are now.
func identities(_ text: String) -> [ProcessIdentity] {
    text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0).flatMap(ProcessIdentity.init(of:)) }
}

/// How many of them live.
func living(_ processes: [ProcessIdentity]) -> Int { processes.count { $0.isAlive } }

/// Whether all of them end within ten seconds.
func allEnd(_ processes: [ProcessIdentity]) -> Bool {
    for _ in 0..<1000 {
        if living(processes) == 0 { return true }
        usleep(10_000)
    }
    return false
}

/// A script that leaves, in sessions of their own, an orphan and an orphan's orphan that mind no signal; it prints their
/// numbers and its own in one line.
let leavingScript = """
    setsid sh -c 'trap "" TERM HUP INT; (trap "" TERM; sleep 60; sleep 60) & echo $$ $! >&3; sleep 60; sleep 60' 3>&1 |
        { read -r pids; echo $$ $pids; } &
    wait
    """

@Suite("A child under a waiter", .tags(.medium))
struct WaiterTests {
    @Test("its end is told as that of a child is", arguments: [0, 3, 255])
    func exitStatus(_ code: Int32) throws {
        let end = try runScript("exit \(code)") { $0.underWaiter = true }.end
        #expect(end.status == .exited(code))
        #expect(end.survivors == 0)
        #expect(end.maximumResidentBytes > 0)
    }

    @Test("a signal that ended it is told, and its processor time")
    func signalAndTime() throws {
        let end = try runScript("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; kill -USR1 $$") {
            $0.underWaiter = true
        }.end
        #expect(end.status == .signaled(SIGUSR1, coreDumped: false))
        #expect(end.userSeconds + end.systemSeconds > 0)
    }

    @Test("it leads a session, has its descriptors alone, and all signals at their default")
    func surroundings() throws {
        let script = """
            read -r pid name state parent group session rest </proc/self/stat; echo $$ $session $parent
            ls /proc/$$/fd; grep -E '^Sig(Ign|Blk)' /proc/self/status; pwd; umask; env
            """
        let found = try runScript(script, environment: ["PATH=/usr/bin:/bin", "A=1"]) {
            $0.underWaiter = true
            $0.workingDirectory = "/usr"
            $0.fileCreationMask = 0o27
        }
        let numbers = found.lines[0].split(separator: " ")
        #expect(numbers[0] == numbers[1])
        #expect(numbers[2] != "\(getpid())")
        #expect(found.lines[1...3] == ["0", "1", "2"])
        #expect(found.lines[4].hasSuffix("\t0000000000000000") && found.lines[5].hasSuffix("\t0000000000000000"))
        #expect(found.lines[6...7] == ["/usr", "0027"])
        #expect(found.lines[8...].filter { $0 == "A=1" || $0 == "PATH=/usr/bin:/bin" }.count == 2)
    }

    @Test("the waiter has a name and a session of its own, no descriptor of ours, and little memory")
    func theWaiter() throws {
        let pipe = try makePipe()
        let child = try spawnScript("echo $$; exec sleep 60", output: pipe.write) { $0.underWaiter = true }
        defer { close(pipe.read) }
        #expect(readLine(pipe.read) == "\(child.processID)")
        let waiter = try #require(ProcessTable.parent(of: child.processID))
        #expect(ProcessTable.parent(of: waiter) == getpid())
        #expect(ProcessTable.command(of: waiter) == "sbxpipe-waiter")
        #expect(ProcessTable.session(of: waiter) == waiter)
        // It tells of the start before it closes what it does not need.
        var targets: [String?] = []
        for _ in 0..<1000 where targets.count != 3 {
            targets = ProcFolder.numbers(in: "/proc/\(waiter)/fd").map { ProcFolder.link("/proc/\(waiter)/fd/\($0)") }
            if targets.count != 3 { usleep(10_000) }
        }
        #expect(targets.count == 3)
        #expect(targets.allSatisfy { $0?.hasPrefix("socket:") == true || $0?.hasPrefix("anon_inode:") == true })
        #expect(ProcFolder.link("/proc/\(waiter)/cwd") == "/")
        var pages = Int.max
        for _ in 0..<500 where pages > 1500 {
            usleep(10_000)
            let words = ProcFolder.read("/proc/\(waiter)/statm")?.split(separator: UInt8(ascii: " ")) ?? []
            // The pages that are of no file.
            pages =
                (Int(String(decoding: words[1], as: UTF8.self)) ?? .max)
                - (Int(String(decoding: words[2], as: UTF8.self)) ?? 0)
        }
        #expect(pages <= 1500)
        try child.send(signal: SIGTERM)
        #expect(try child.wait().status == .signaled(SIGTERM, coreDumped: false))
        #expect(ProcessIdentity(of: waiter) == nil)
    }

    @Test("orphans in other sessions end with it, and hold no pipe open")
    func orphans() throws {
        let found = try runScript("(\(leavingScript)\n) & sleep 0.3; exit 4", drainLimit: .seconds(60)) {
            $0.underWaiter = true
        }
        #expect(found.end.status == .exited(4))
        #expect(found.end.survivors == 0)
        #expect(found.outcome.abandoned.isEmpty)
        let numbers = found.output.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        #expect(numbers.count == 3)
        #expect(numbers.allSatisfy { ProcessTable.stat(of: $0) == nil })
    }

    @Test("a tree of some hundred processes ends with it")
    func manyProcesses() throws {
        let script = "f() { [ $1 -gt 6 ] && exec setsid sleep 60; f $(($1+1)) & f $(($1+1)) & wait; }; f 0 & sleep 0.3"
        let found = try runScript(script) { $0.underWaiter = true }
        #expect(found.end.survivors == 0)
    }

    @Test("what kept stdout open does not hold up its end")
    func heldOutput() throws {
        let found = try runScript("sleep 60 & echo said", drainLimit: .seconds(60)) { $0.underWaiter = true }
        #expect(found.output == "said\n")
        #expect(found.outcome.abandoned.isEmpty)
    }

    @Test("a signal goes to all of its group")
    func groupSignal() throws {
        let pipe = try makePipe()
        let script =
            "trap 'wait; exit 9' USR1; sh -c 'trap \"echo got; exit\" USR1; echo up; sleep 9 & wait' & wait; wait"
        let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
        #expect(readLine(pipe.read) == "up")
        #expect(try child.sendToGroup(signal: SIGUSR1))
        #expect(readLine(pipe.read) == "got")
        close(pipe.read)
        #expect(try child.wait().status == .exited(9))
        #expect(try child.sendToGroup(signal: SIGUSR1) == false)
        #expect(try child.send(signal: SIGUSR1) == false)
    }

    @Test("the end can be asked for again, and by several threads")
    func severalWaits() async throws {
        let pipe = try makePipe()
        let held = HeldChild(try spawnScript("sleep 0.2; exit 6", output: pipe.write) { $0.underWaiter = true })
        close(pipe.read)
        #expect(try held.child.wait(within: .zero) == nil)
        let ends = try await withThrowingTaskGroup(of: ChildEnd.self) { group in
            for _ in 0..<8 { group.addTask { try held.child.wait() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ends).count == 1)
        #expect(ends.count == 8 && ends.first?.status == .exited(6))
        #expect(try held.child.wait(within: .zero) == ends.first)
    }

    @Test("fifty at once, started by several threads, each tell their own end")
    func manyAtOnce() async throws {
        let statuses = try await withThrowingTaskGroup(of: (Int32, ChildEnd).self) { group in
            for code in Int32(0)..<50 {
                group.addTask {
                    let pipe = try makePipe()
                    defer { close(pipe.read) }
                    let script = "(setsid sleep 60 &) ; sleep 0.0\(code % 10); exit \(code)"
                    let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
                    return (code, try child.wait())
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count == 50)
        #expect(statuses.allSatisfy { $0.1.status == .exited($0.0) && $0.1.survivors == 0 })
    }
}

/// A child that several tasks may refer to.
final class HeldChild: Sendable {
    let child: ChildProcess

    init(_ child: consuming ChildProcess) { self.child = child }
}
