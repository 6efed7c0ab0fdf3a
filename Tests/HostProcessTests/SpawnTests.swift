import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Starting a process", .tags(.medium))
struct SpawnTests {
    @Test("a child has the mapped descriptors and no other")
    func exactDescriptors() throws {
        let null = open("/dev/null", O_RDWR)
        let strays = [7, 63, 200].map { fcntl(null, F_DUPFD, $0) }
        defer { ([null] + strays).forEach { close($0) } }
        let found = try runScript("ls /proc/$$/fd; true") { $0.descriptors.append(.init(child: 9, parent: null)) }
        #expect(found.lines == ["0", "1", "2", "9"])
    }

    @Test("descriptors that trade places arrive where they were sent")
    func overlappingDescriptors() throws {
        let first = try memoryFile(named: "first", bytes: Array("first".utf8))
        let second = try memoryFile(named: "second", bytes: Array("second".utf8))
        defer { [first, second].forEach { close($0) } }
        let found = try runScript("cat /dev/fd/\(first); echo; cat /dev/fd/\(second)") {
            $0.descriptors.append(.init(child: first, parent: second))
            $0.descriptors.append(.init(child: second, parent: first))
        }
        #expect(found.lines == ["second", "first"])
    }

    @Test("an executable whose number a mapping takes is executed all the same")
    func executableUnderMapping() throws {
        let found = try runScript("echo ran") {
            $0.descriptors.append(.null(child: $0.executable))
        }
        #expect(found.output == "ran\n")
    }

    @Test("two mappings to one number are refused")
    func repeatedNumber() {
        let error = #expect(throws: ProcessError.self) {
            _ = try runScript("true") { $0.descriptors.append(.null(child: 1)) }
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("the environment is the one given, in its order")
    func exactEnvironment() throws {
        let environment = ["B=2", "A=1 =", "LD_LIBRARY_PATH=", "Ü=ü"]
        let dump = try runScript("tr '\\0' '\\n' </proc/$$/environ", environment: environment + ["PATH=/usr/bin:/bin"])
        #expect(dump.lines == environment + ["PATH=/usr/bin:/bin"])
    }

    @Test("a zero byte in an argument is refused")
    func zeroByte() {
        let error = #expect(throws: ProcessError.self) {
            _ = try runScript("true") { $0.arguments.append("a\0b") }
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("signals that the parent ignores and blocks are at their default in the child")
    func signalsReset() async {
        await #expect(processExitsWith: .success) {
            try SignalDisposition.ignore(SIGPIPE)
            try SignalDisposition.ignore(SIGHUP)
            let source = try SignalSource([SIGTERM, SIGUSR1])
            let found = try runScript("exec grep -E '^Sig(Ign|Blk)' /proc/self/status")
            source.close()
            let masks = found.lines.map { Array($0.split(separator: "\t")) }
            #expect(masks.first { $0[0] == "SigIgn:" }?[1] == "0000000000000000")
            #expect(masks.first { $0[0] == "SigBlk:" }?[1] == "0000000000000000")
        }
    }

    @Test("a child starts where it is told to and with the umask asked for")
    func placeAndMask() throws {
        let found = try runScript("pwd; umask") {
            $0.workingDirectory = "/usr"
            $0.fileCreationMask = 0o27
        }
        #expect(found.lines == ["/usr", "0027"])
    }

    @Test("a new session makes the child its leader")
    func newSession() throws {
        let script = "read -r pid name state parent group session rest </proc/self/stat; echo $$ $group $session"
        let apart = try runScript(script) { $0.newSession = true }.output.split(whereSeparator: \.isWhitespace)
        #expect(apart[0] == apart[1] && apart[0] == apart[2])
        let within = try runScript(script).output.split(whereSeparator: \.isWhitespace)
        #expect(within[2] == "\(getsid(0))")
    }

    @Test("supplementary groups are cleared where that was asked", .enabled(if: getuid() == 0, "needs root"))
    func groupsCleared() async {
        await #expect(processExitsWith: .success) {
            var groups: [gid_t] = [5, 6]
            #expect(setgroups(2, &groups) == 0)
            let script = "grep '^Groups' /proc/$$/status"
            #expect(try runScript(script).output.contains("5 6"))
            let cleared = try runScript(script) { $0.clearSupplementaryGroups = true }
            #expect(cleared.output.trimmed == "Groups:")
        }
    }

    @Test("a child tied to its parent is killed when that ends")
    func killedWithParent() async throws {
        let result = await #expect(processExitsWith: .exitCode(7), observing: [\.standardOutputContent]) {
            let pipe = try makePipe()
            let child = try spawnScript("exec sleep 60", output: pipe.write) { $0.killOnParentDeath = true }
            print(child.processID)
            fflush(nil)
            exit(7)
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let number = try #require(text.split(separator: "\n").compactMap { Int32($0) }.first)
        for _ in 0..<200 where kill(number, 0) == 0 && !isZombie(number) { usleep(10_000) }
        #expect(kill(number, 0) != 0 || isZombie(number))
    }

    private func isZombie(_ number: Int32) -> Bool {
        let descriptor = open("/proc/\(number)/stat", O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self).contains(") Z ")
    }

    @Test("many starts leave no descriptor behind, and failed ones no child")
    func noLeaks() async {
        await #expect(processExitsWith: .success) {
            _ = try runScript("true")
            let before = ProcFolder.numbers(in: "/proc/self/fd")
            let folder = OpenExecutable("/usr")
            for _ in 0..<50 {
                _ = try runScript("true")
                #expect(throws: ProcessError.self) {
                    _ = try spawn(SpawnRequest(executable: folder.descriptor, arguments: ["x"]))
                }
            }
            // The test process itself opens one or the other meanwhile; a leak would be fifty.
            #expect(ProcFolder.numbers(in: "/proc/self/fd").count < before.count + 10)
            #expect(ProcessTable.children(of: getpid()).isEmpty)
        }
    }
}
