import HostFiles
import TestSupport
import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder for the file `pid`, which a script finds as `$PID`, and a descriptor of it.
final class FollowedFolder: Sendable {
    let folder: TemporaryFolder
    let descriptor: Int32

    init() throws {
        folder = try TemporaryFolder("follow")
        descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    var environment: [String] { ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "PID=\(folder("pid"))"] }

    /// The number in the file, once it is there.
    func number() throws -> Int32 {
        for _ in 0..<1000 {
            // The waiter renames it once the launcher has left its process.
            for name in ["pid", "pid.left"] {
                if let text = try? folder.read(name), let number = Int32(text.trimmed) { return number }
            }
            usleep(10_000)
        }
        return try #require(nil)
    }

    func follow(_ request: inout SpawnRequest) {
        request.underWaiter = true
        request.followedFile = FollowedFile(folder: descriptor, name: "pid")
    }

    func run(_ launcher: String, change: (inout SpawnRequest) -> Void = { _ in }) throws -> ScriptResult {
        try runScript(launcher, environment: environment, drainLimit: .seconds(60)) {
            follow(&$0)
            change(&$0)
        }
    }

    func start(_ launcher: String, output: Int32) throws -> ChildProcess {
        try spawnScript(launcher, output: output, environment: environment) { follow(&$0) }
    }
}

/// Starts a script in a session of its own, as a launcher does, and leaves it.
func leaving(_ script: String) -> String { "setsid sh -c '\(script)' & echo $! >$PID; exit 0" }

/// Ends with 9 when the shell that started it has executed sleep(1), which reaps nobody.
private let quitting = "(while read -r name </proc/$$/comm && [ $name != sleep ]; do sleep 0.01; done; exit 9)"

/// The waiter that follows a process, once it does.
func follower(of processID: Int32) -> Int32? {
    for _ in 0..<1000 {
        if let parent = ProcessTable.parent(of: processID), ProcessTable.command(of: parent) == "sbxpipe-waiter" {
            return parent
        }
        usleep(10_000)
    }
    return nil
}

/// Whether no process lives under these numbers within ten seconds.
func gone(_ numbers: [Int32]) -> Bool {
    for _ in 0..<1000 {
        if numbers.allSatisfy({ ProcessTable.stat(of: $0)?.hasEnded ?? true }) { return true }
        usleep(10_000)
    }
    return false
}

@Suite("A process that a launcher leaves, followed by a waiter", .tags(.medium))
struct FollowTests {
    @Test("its end is told, and not the launcher's", arguments: [0, 7, 255])
    func exitStatus(_ code: Int32) throws {
        let found = try FollowedFolder().run(leaving("sleep 0.3; echo said; exit \(code)"))
        #expect(found.end.status == .exited(code))
        #expect(found.end.isOfFollowed)
        #expect(found.end.survivors == 0)
        #expect(found.end.maximumResidentBytes > 0)
        #expect(found.output == "said\n")
    }

    @Test("a signal that ended it is told")
    func signal() throws {
        let end = try FollowedFolder().run(leaving("sleep 0.1; kill -USR1 $$")).end
        #expect(end.status == .signaled(SIGUSR1, coreDumped: false))
        #expect(end.isOfFollowed)
    }

    @Test(
        "an end before the launcher's is not lost",
        arguments: [
            // The waiter's child from the start, and the launcher's until that ends.
            "(sh -c 'echo $$ >$PID; exit 9' &) ; sleep 0.3", "\(quitting) & echo $! >$PID; exec sleep 0.5",
            // Below a helper that outlives the launcher.
            "(sh -c '\(quitting) & echo $! >$PID; exec sleep 0.5' &) ; until [ -s $PID ]; do sleep 0.01; done",
        ]
    )
    func earlyEnd(_ launcher: String) throws {
        for _ in 0..<3 {
            let end = try FollowedFolder().run(launcher).end
            #expect(end.status == .exited(9))
            #expect(end.isOfFollowed)
            #expect(end.survivors == 0)
        }
    }

    @Test("nor is one whose parent outlives the launcher by a moment")
    func lateOrphan() throws {
        let launcher = """
            (sh -c 'sh -c "sleep 0.5; exit 5" & echo $! >$PID; exec sleep 0.2' &)
            until [ -s $PID ]; do sleep 0.01; done
            """
        let end = try FollowedFolder().run(launcher).end
        #expect(end.status == .exited(5))
        #expect(end.isOfFollowed)
    }

    @Test(
        "the end of a launcher that fails is told, and what it left is ended",
        arguments: ["exit 3", "kill -TERM $$"]
    )
    func failingLauncher(_ last: String) throws {
        let folder = try FollowedFolder()
        let end = try folder.run("setsid sleep 60 & echo $! >$PID; sleep 0.1; \(last)").end
        #expect(end.status == (last == "exit 3" ? .exited(3) : .signaled(SIGTERM, coreDumped: false)))
        #expect(!end.isOfFollowed)
        #expect(end.survivors == 0)
        #expect(ProcessTable.stat(of: try folder.number()) == nil)
    }

    @Test(
        "a launcher that exits with 0 and names no child is told apart, and what it left is ended",
        arguments: [
            "true", "mkdir $PID", "mkfifo $PID", "ln -s other $PID", "ln -s /dev/zero $PID", ": >$PID", "echo >$PID",
            "echo abc >$PID", "echo 12x >$PID", "echo -5 >$PID", "echo 0 >$PID", "echo ' 1' >$PID",
            "printf '1\\n\\n' >$PID", "echo 99999999999999999999 >$PID", "echo 4294967297 >$PID",
            "printf %064d 1 >$PID", "echo 1 >$PID", "echo $$ >$PID", "echo $PPID >$PID",
        ]
    )
    func nothingToFollow(_ last: String) throws {
        let folder = try FollowedFolder()
        let found = try folder.run("sh -c 'exit 9' & echo $! >${PID%pid}other; wait; \(last); exit 0")
        #expect(found.end.status == .exited(0))
        #expect(!found.end.isOfFollowed)
        #expect(found.end.survivors == 0)
        #expect(found.output == "")
    }

    @Test("a stranger that the file names is neither followed nor ended, whatever else the launcher left")
    func stranger() throws {
        let pipe = try makePipe()
        defer { close(pipe.read) }
        let other = try spawnScript("exec sleep 60", output: pipe.write) { $0.newSession = true }
        let folder = try FollowedFolder()
        let end = try folder.run("setsid sleep 60 & echo \(other.processID) >$PID; exit 0").end
        #expect(end.status == .exited(0))
        #expect(!end.isOfFollowed && end.survivors == 0)
        #expect(try other.wait(within: .zero) == nil)
        try other.send(signal: SIGTERM)
        #expect(try other.wait().status == .signaled(SIGTERM, coreDumped: false))
    }

    @Test("while it is followed orphans are reaped, signals reach it, and the waiter holds nothing of ours")
    func meanwhile() throws {
        let folder = try FollowedFolder()
        let pipe = try makePipe()
        defer { close(pipe.read) }
        let child = try folder.start(leaving("(true & echo $!); exec sleep 60"), output: pipe.write)
        let orphan = Int32(readLine(pipe.read)) ?? 0
        let followed = try folder.number()
        let waiter = try #require(follower(of: followed))
        for _ in 0..<1000 where ProcessTable.stat(of: orphan) != nil || ProcessTable.stat(of: child.processID) != nil {
            usleep(10_000)
        }
        #expect(ProcessTable.stat(of: orphan) == nil)
        #expect(ProcessTable.stat(of: child.processID) == nil)
        #expect(ProcFolder.numbers(in: "/proc/\(waiter)/fd").count == 3)
        #expect(try child.wait(within: .milliseconds(100)) == nil)
        #expect(try child.send(signal: SIGTERM) == false)
        #expect(kill(followed, SIGTERM) == 0)
        let end = try child.wait()
        #expect(end.status == .signaled(SIGTERM, coreDumped: false))
        #expect(end.isOfFollowed)
        #expect(try child.wait() == end)
    }

    @Test("what it and its launcher left ends with it, in whatever group", arguments: [false, true])
    func rest(_ leavesRest: Bool) throws {
        let folder = try FollowedFolder()
        let group = "(trap \"\" TERM; sleep 60; sleep 60) & echo $!"
        // One that leaves the rest looks for no children's children.
        let left = "setsid \(leavesRest ? "sleep 60" : "sh -c \"sleep 60; sleep 60\"") & echo $!; \(group)"
        let found = try folder.run("\(group); " + leaving("\(left); sleep 0.2; exit 4")) {
            $0.waiterLeavesRest = leavesRest
        }
        #expect(found.end.status == .exited(4))
        #expect(found.end.isOfFollowed)
        let numbers = found.lines.compactMap { Int32($0) }
        #expect(numbers.count == 3)
        #expect(gone(numbers))
    }

    @Test("letting the child go ends all, before and after the launcher's end", arguments: [false, true])
    func letGo(_ early: Bool) throws {
        let folder = try FollowedFolder()
        let pipe = try makePipe()
        defer { close(pipe.read) }
        var below: [ProcessIdentity] = []
        do {
            let script = "setsid sh -c 'sleep 60; sleep 60' & echo $! >$PID; echo $$ $!; \(early ? "wait" : "exit 0")"
            let child = try folder.start(script, output: pipe.write)
            below = identities(readLine(pipe.read))
            if !early { _ = follower(of: try folder.number()) }
            #expect(try child.wait(within: .zero) == nil)
        }
        #expect(living(below) == 0)
        #expect(readAll(pipe.read).isEmpty)
    }

    @Test("a host that is killed leaves nothing of it")
    func killedHost() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let folder = try FollowedFolder()
            let pipe = try makePipe()
            let child = try folder.start(leaving(leavingScript.replacingQuotes), output: pipe.write)
            let line = readLine(pipe.read)
            let waiter = follower(of: try folder.number()) ?? 0
            print("family", line, waiter)
            fflush(nil)
            try Folder.removeTree(folder.folder.path)
            kill(getpid(), SIGKILL)
            _ = try child.wait()
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("family ") }
        let numbers = line?.split(separator: " ").compactMap { Int32($0) } ?? []
        #expect(numbers.count == 4 && !numbers.contains(0))
        #expect(gone(numbers))
    }

    @Test("a request that can't be followed is refused", arguments: ["", "a/b", String(repeating: "a", count: 33)])
    func refused(_ name: String) throws {
        let folder = try FollowedFolder()
        for (descriptor, name, underWaiter) in [
            (folder.descriptor, name, true), (-1, "pid", true), (folder.descriptor, "pid", false),
            (folder.descriptor, "a\0b", true),
        ] {
            let error = #expect(throws: ProcessError.self) {
                _ = try folder.run("exit 0") {
                    $0.underWaiter = underWaiter
                    $0.followedFile = FollowedFile(folder: descriptor, name: name)
                }
            }
            #expect(error?.code == .invalidRequest)
        }
    }
}

extension String {
    /// For use between single quotes of sh.
    var replacingQuotes: String { split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") }
}
