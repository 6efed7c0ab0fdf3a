import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A waiter and its host, when one of them goes", .tags(.medium))
struct WaiterFaultTests {
    /// The numbers that a script printed in its first line, the waiter's among them.
    private func family(_ child: borrowing ChildProcess, _ output: Int32) throws -> [ProcessIdentity] {
        let found = identities(readLine(output)) + identities("\(ProcessTable.parent(of: child.processID) ?? 0)")
        #expect(found.count == 4)
        #expect(living(found) == 4)
        return found
    }

    @Test("a waiter that is killed takes the child with it, and its end is a KILL")
    func killedWaiter() throws {
        let pipe = try makePipe()
        let script = "sleep 60 & echo $$ $!; wait"
        let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
        defer { close(pipe.read) }
        let below = identities(readLine(pipe.read))
        #expect(below.count == 2)
        let waiter = try #require(ProcessTable.parent(of: child.processID))
        #expect(kill(waiter, SIGKILL) == 0)
        let end = try child.wait()
        #expect(end.status == .signaled(SIGKILL, coreDumped: false))
        #expect(end.survivors == nil)
        #expect(allEnd(below))
        #expect(try child.wait() == end)
        #expect(!ProcessTable.children(of: getpid()).contains(waiter))
    }

    @Test("a loop that watches does not hang on a waiter that is killed")
    func killedWaiterInLoop() throws {
        let (go, output) = (try makePipe(), try makePipe())
        let script = "read -r go <&3; kill -9 $PPID; exec sleep 60"
        let child = try spawnScript(script, output: output.write) {
            $0.underWaiter = true
            $0.descriptors.append(.init(child: 3, parent: go.read))
        }
        let loop = EventLoop()
        defer { loop.close() }
        var end: ChildEnd?
        try loop.addStream(output.read, onBytes: { _ in })
        try loop.watch(child) { end = $0 }
        // Not before it has started: the waiter has to tell of that first.
        #expect(write(go.write, "\n", 1) == 1)
        #expect(try loop.run(drainLimit: .seconds(60)).abandoned.isEmpty)
        #expect(end?.status == .signaled(SIGKILL, coreDumped: false))
        close(go.read)
        close(go.write)
    }

    @Test("letting the child go ends all that is below it")
    func letGo() throws {
        let pipe = try makePipe()
        defer { close(pipe.read) }
        var below: [ProcessIdentity] = []
        do {
            let child = try spawnScript(leavingScript, output: pipe.write) { $0.underWaiter = true }
            below = try family(child, pipe.read)
        }
        #expect(living(below) == 0)
        #expect(readAll(pipe.read).isEmpty)
        #expect(!ProcessTable.children(of: getpid()).contains { number in below.contains { $0.processID == number } })
    }

    @Test("a loop that watches keeps it, until the loop is closed")
    func keptByLoop() throws {
        let pipe = try makePipe()
        defer { close(pipe.read) }
        let loop = EventLoop()
        var below: [ProcessIdentity] = []
        do {
            let child = try spawnScript(leavingScript, output: pipe.write) { $0.underWaiter = true }
            below = try family(child, pipe.read)
            try loop.watch(child) { _ in }
        }
        loop.addTimer(after: .milliseconds(50)) { loop.stop() }
        #expect(try loop.run().wasStopped)
        #expect(living(below) == 4)
        loop.close()
        #expect(living(below) == 0)
    }

    /// The text that a host wrote, as the numbers in its lines that begin with `family`.
    private func numbers(_ output: [UInt8]) -> [Int32] {
        String(decoding: output, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("family ") }
            .flatMap { $0.split(separator: " ").compactMap { Int32($0) } }
    }

    @Test("a host that is killed leaves nothing, not even what left its session")
    func killedHost() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let pipe = try makePipe()
            let child = try spawnScript(leavingScript, output: pipe.write) { $0.underWaiter = true }
            print("family", readLine(pipe.read), ProcessTable.parent(of: child.processID) ?? 0)
            fflush(nil)
            kill(getpid(), SIGKILL)
            _ = try child.wait()
        }
        let numbers = numbers(try #require(result).standardOutputContent)
        #expect(numbers.count == 4)
        for _ in 0..<1000 where numbers.contains(where: { ProcessTable.stat(of: $0)?.hasEnded == false }) {
            usleep(10_000)
        }
        #expect(numbers.allSatisfy { ProcessTable.stat(of: $0)?.hasEnded ?? true })
    }

    @Test("a host that executes another program leaves nothing either")
    func executingHost() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
            let pipe = try makePipe()
            let child = try spawnScript(leavingScript, output: pipe.write) { $0.underWaiter = true }
            let numbers = "\(readLine(pipe.read)) \(ProcessTable.parent(of: child.processID) ?? 0)"
            let living = "grep -q ') [^Z] ' /proc/$p/stat 2>/dev/null"
            let script = "echo family \(numbers); for p in \(numbers); do while \(living); do sleep 0.05; done; done"
            var arguments = ["sh", "-c", script].map { (text: String) in strdup(text) }
            arguments.append(nil)
            execv("/bin/sh", arguments)
            _ = try child.wait()
        }
        #expect(numbers(try #require(result).standardOutputContent).count == 4)
    }

    @Test("the end of the thread that started it is not the end of the child")
    func endedThread() throws {
        let box = Box()
        var thread = pthread_t()
        let held = Unmanaged.passRetained(box)
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context else { return nil }
            let box = Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
            guard let pipe = try? makePipe() else { return nil }
            box.child = try? HeldChild(
                spawnScript("sleep 0.3; exit 5", output: pipe.write) { $0.underWaiter = true }
            )
            close(pipe.read)
            return nil
        }
        #expect(pthread_create(&thread, nil, body, held.toOpaque()) == 0)
        pthread_join(thread, nil)
        #expect(try box.child?.child.wait().status == .exited(5))
    }

    private final class Box {
        var child: HeldChild?
    }

    @Test("a host that ignores SIGCHLD, and one that waits for any child, gets the end all the same")
    func hostThatReaps() async {
        await #expect(processExitsWith: .success) {
            try SignalDisposition.ignore(SIGCHLD)
            #expect(try runScript("exit 4") { $0.underWaiter = true }.end.status == .exited(4))
            try SignalDisposition.useDefault(SIGCHLD)
            let pipe = try makePipe()
            let child = try spawnScript("exit 8", output: pipe.write) { $0.underWaiter = true }
            // The waiter is no child to those who don't ask for it by name.
            #expect(waitpid(-1, nil, 0) == -1)
            #expect(try child.wait(within: .seconds(10))?.status == .exited(8))
            // Not even one that does takes the end away.
            let other = try spawnScript("exit 9", output: try makePipe().write) { $0.underWaiter = true }
            let any = Int32(bitPattern: 0x4000_0000)
            #expect(waitpid(-1, nil, any) > 0)
            #expect(try other.wait(within: .seconds(10))?.status == .exited(9))
        }
    }

    @Test("an executable that can't be run is an error with its errno, and leaves neither process nor descriptor")
    func failures() async {
        await #expect(processExitsWith: .success) {
            _ = try runScript("true") { $0.underWaiter = true }
            let before = ProcFolder.numbers(in: "/proc/self/fd")
            let folder = OpenExecutable("/usr")
            for _ in 0..<50 {
                let error = #expect(throws: ProcessError.self) {
                    _ = try spawn(SpawnRequest(executable: folder.descriptor, arguments: ["x"], underWaiter: true))
                }
                #expect(error?.code == .executionFailed)
                #expect(error?.systemError == EACCES)
            }
            let error = #expect(throws: ProcessError.self) {
                _ = try runScript("true") {
                    $0.underWaiter = true
                    $0.workingDirectory = "/nowhere/at/all"
                }
            }
            #expect(error?.description == "chdir /nowhere/at/all: no such file or directory")
            for _ in 0..<50 { _ = try runScript("true") { $0.underWaiter = true } }
            #expect(ProcFolder.numbers(in: "/proc/self/fd").count < before.count + 10)
            #expect(ProcessTable.children(of: getpid()).isEmpty)
        }
    }

    @Test("without room for its descriptors it is not started, and nothing is left")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            let executable = OpenExecutable("/bin/true")
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let used = rlim_t((ProcFolder.numbers(in: "/proc/self/fd").max() ?? 0) + 1)
            for room in rlim_t(0)..<8 {
                let fillers = (0..<used).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }.filter { $0 >= 0 }
                var tight = rlimit(
                    rlim_cur: (fillers.max().map(rlim_t.init) ?? used) + 1 + room,
                    rlim_max: limit.rlim_max
                )
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &tight)
                let request = SpawnRequest(executable: executable.descriptor, arguments: ["true"], underWaiter: true)
                if let end = try? spawn(request).wait() { #expect(end.status == .exited(0)) }
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                fillers.forEach { close($0) }
                #expect(ProcessTable.children(of: getpid()).isEmpty)
            }
            #expect(rlim_t(ProcFolder.numbers(in: "/proc/self/fd").count) <= used + 3)
        }
    }
}
