import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("What tells a process from others", .tags(.medium))
struct ProcessIdentityTests {
    /// Of a process that calls itself `a) Z (b`, the fields as proc(5) numbers them from 3 on.
    private func line(state: String = "S", threads: Int = 1) -> [UInt8] {
        let rest = "1 40 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 \(threads) 0 987654321 9 10 18446744073709551615"
        return Array("42 (a) Z (b) \(state) \(rest)\n".utf8)
    }

    @Test("the line of a process is parsed, whatever its name")
    func statLine() throws {
        let stat = try #require(ProcessStat(parsing: line()))
        #expect(stat.processID == 42)
        #expect(stat.command == "a) Z (b")
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.parent == 1 && stat.group == 40 && stat.session == 41)
        #expect(stat.threads == 1)
        #expect(stat.startTime == 987_654_321)
        #expect(!stat.hasEnded)
    }

    @Test("a zombie has ended, but not a process whose first thread alone has")
    func ended() {
        #expect(ProcessStat(parsing: line(state: "Z"))?.hasEnded == true)
        #expect(ProcessStat(parsing: line(state: "X"))?.hasEnded == true)
        #expect(ProcessStat(parsing: line(state: "Z", threads: 2))?.hasEnded == false)
    }

    @Test("what is no such line is none", arguments: ["", "42", "42 (a)", "x (a) S 1 2 3", "42 a) S (", ") ("])
    func noLine(_ text: String) {
        #expect(ProcessStat(parsing: Array(text.utf8)) == nil)
    }

    @Test("an identity lives with its process, and is another's under the same number")
    func life() throws {
        let pipe = try makePipe()
        let child = try spawnScript("exec sleep 60", output: pipe.write)
        close(pipe.read)
        let identity = try #require(ProcessIdentity(of: child.processID))
        #expect(identity.isAlive && identity.isOfThisBoot)
        #expect(identity == ProcessIdentity(of: child.processID))
        let (number, start, boot) = (identity.processID, identity.startTime, identity.bootID)
        #expect(boot.count == 36)
        #expect(!ProcessIdentity(processID: number, startTime: start + 1, bootID: boot).isAlive)
        let elsewhere = ProcessIdentity(processID: number, startTime: start, bootID: "another boot")
        #expect(!elsewhere.isAlive && !elsewhere.isOfThisBoot)
        try child.send(signal: SIGKILL)
        #expect(allEnd([identity]))
        // A zombie still has the number.
        #expect(ProcessIdentity(of: number) == identity)
        _ = try child.wait()
        #expect(ProcessIdentity(of: number) == nil)
        #expect(!identity.isAlive)
    }

    @Test("the members of a session are found after its leader's end, but not the dead")
    func session() throws {
        let pipe = try makePipe()
        let script = "sleep 60 & echo $! $$; setsid sleep 60 & exec sleep 60"
        let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
        let inner = try #require(readLine(pipe.read).split(separator: " ").first.flatMap { Int32($0) })
        close(pipe.read)
        #expect(ProcessTable.members(ofSession: child.processID) == [child.processID, inner].sorted())
        #expect(ProcessTable.session(of: inner) == child.processID)
        #expect(ProcessTable.command(of: inner) == "sleep")
        #expect(ProcessTable.members(ofSession: Int32.max).isEmpty)
        #expect(ProcessTable.session(of: Int32.max) == nil && ProcessTable.command(of: Int32.max) == nil)
    }

    @Test("a process that has ended and is not reaped is in no session")
    func zombie() throws {
        let pipe = try makePipe()
        let child = try spawnScript("exit 0", output: pipe.write) { $0.newSession = true }
        #expect(readAll(pipe.read).isEmpty)
        close(pipe.read)
        let identity = ProcessIdentity(of: child.processID)
        #expect(allEnd(identity.map { [$0] } ?? []))
        #expect(ProcessTable.session(of: child.processID) == child.processID)
        #expect(ProcessTable.members(ofSession: child.processID).isEmpty)
        _ = try child.wait()
    }

    private static let seesNamespaces = getuid() == 0 && ProcessTable.mountNamespace(of: 0) != nil

    @Test(
        "who is in a mount namespace is found",
        .enabled(if: Self.seesNamespaces, "needs root and a kernel that numbers mount namespaces")
    )
    func mountNamespace() throws {
        let own = try #require(ProcessTable.mountNamespace(of: 0))
        #expect(ProcessTable.mountNamespace(of: getpid()) == own)
        #expect(ProcessTable.members(ofMountNamespace: own).contains(getpid()))
        #expect(ProcessTable.mountNamespace(of: Int32.max) == nil)
        let pipe = try makePipe()
        let script = "exec unshare --mount sh -c 'sleep 60 & echo $! $$; wait'"
        let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
        let inside = readLine(pipe.read).split(separator: " ").compactMap { Int32($0) }
        close(pipe.read)
        let other = try #require(ProcessTable.mountNamespace(of: child.processID))
        #expect(other != own)
        #expect(inside.count == 2)
        #expect(ProcessTable.members(ofMountNamespace: other) == inside.sorted())
    }

    @Test(
        "the number of a mount namespace never goes to another",
        .enabled(if: Self.seesNamespaces, "needs root and a kernel that numbers mount namespaces")
    )
    func namespaceNumbers() throws {
        var numbers: Set<UInt64> = []
        for _ in 0..<20 {
            let pipe = try makePipe()
            let script = "exec unshare --mount sh -c 'echo x; exec sleep 60'"
            let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
            _ = readLine(pipe.read)
            close(pipe.read)
            numbers.insert(try #require(ProcessTable.mountNamespace(of: child.processID)))
            try child.send(signal: SIGKILL)
            _ = try child.wait()
        }
        #expect(numbers.count == 20)
    }
}
