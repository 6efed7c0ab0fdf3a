import HostFiles
import HostProcess
import JSONText
import SandboxPipeline
import TestSupport
import Testing

@Suite("A running sandbox", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct RunningSandboxTests {
    private static let user1: Int32 = 10

    @Test("it is there while it runs, and gives its run to everybody who waits")
    func wait() async throws {
        let program = try Program()
        let sandbox = try program.pipeline.spawn(try program.plan("while [ ! -e go ]; do sleep 0.01; done; exit 6"))
        let process = try #require(sandbox.processID)
        #expect(isRunning(process))
        async let first = sandbox.wait()
        async let second = sandbox.wait()
        try program.folder.write("", to: "work/go")
        let runs = try await [first, second, sandbox.wait()]
        #expect(runs.allSatisfy { $0 == runs[0] && $0.exitCode == 6 })
        #expect(runs[0].id == sandbox.id)
        #expect(!isRunning(process))
        #expect(!sandbox.send(signal: Self.user1))
    }

    @Test("a signal reaches the command itself, also one that is sent before it runs")
    func signal() throws {
        let program = try Program()
        let plan = try program.plan("trap 'exit 9' USR1; touch ready; while :; do sleep 0.01; done")
        let sandbox = try program.pipeline.spawn(plan)
        let isReady = try eventually { try FileStatus.of(program.work + "/ready") != nil }
        #expect(isReady)
        #expect(sandbox.send(signal: Self.user1))
        #expect(try sandbox.wait().exitCode == 9)

        let early = try program.pipeline.spawn(try program.plan("sleep 60"))
        #expect(early.send(signal: SignalNumber.terminate))
        let run = try early.wait()
        #expect(run.exitCode == 143, "\(run)")
    }

    @Test("terminating asks first, and ends what does not listen")
    func terminate() throws {
        let program = try Program()
        let polite = try program.pipeline.spawn(
            try program.plan("trap 'exit 5' TERM; touch a; while :; do sleep 0.01; done")
        )
        let deaf = try program.pipeline.spawn(try program.plan("trap '' TERM; touch b; while :; do sleep 0.01; done"))
        for name in ["a", "b"] {
            let isReady = try eventually { try FileStatus.of(program.work + "/" + name) != nil }
            #expect(isReady)
        }
        polite.terminate(grace: .seconds(60))
        #expect(try polite.wait().exitCode == 5)
        deaf.terminate(grace: .milliseconds(50))
        let run = try deaf.wait()
        #expect(run.exitCode == 137)
        #expect(run.signal == SignalNumber.kill)
        #expect(run.reason == .signaled)
    }

    @Test("released, or let go of, it leaves no process, no folder and no lease, and a run that was killed")
    func release() throws {
        let program = try Program()
        let plan = try program.plan("setsid sleep 60 & sleep 60 & touch ready; wait")
        for isReleased in [true, false] {
            var sandbox: RunningSandbox? = try program.pipeline.spawnCaptured(plan)
            let isReady = try eventually { try FileStatus.of(program.work + "/ready") != nil }
            #expect(isReady)
            let process = try #require(sandbox?.processID)
            let id = try #require(sandbox?.id)
            let file = try #require(sandbox?.outputFile)
            let family = family(of: process)
            // The launcher, the sandbox's first process, the shell and what that started.
            #expect(family.count >= 5)
            if isReleased {
                sandbox?.release()
                #expect(sandbox?.outputFile == nil)
                #expect(try sandbox?.wait().exitCode == 137)
                sandbox?.release()
            }
            sandbox = nil
            #expect(!family.contains(where: isRunning))
            #expect(try FileStatus.of(AbsolutePath.parent(file)) == nil)
            #expect(try program.json(at: id, "launch/result.json")["exitCode"]?.integerValue == 137)
            try Folder.removeFile(program.work + "/ready")
        }
        #expect(try Folder.names(program.folder("store/cache/tmp")).isEmpty)
        // Everything that was held is free again: the next launch takes the first place.
        let next = try program.pipeline.spawn(try program.plan("sleep 60"))
        #expect(try Folder.names(program.folder("store/cache/leases")).count == 1)
        next.release()
    }

    @Test("what its command wrote can be read while it runs and after it was killed, and goes with the last reference")
    func captured() throws {
        let program = try Program()
        let plan = try program.plan(
            "echo first; echo wrong >&2; while [ ! -e go ]; do sleep 0.01; done; echo second; sleep 60"
        )
        var sandbox: RunningSandbox? = try program.pipeline.spawnCaptured(plan)
        let (output, errors) = (try #require(sandbox?.outputFile), try #require(sandbox?.errorFile))
        #expect(try eventually { try text(output) == "first\n" && text(errors) == "wrong\n" })
        try program.folder.write("", to: "work/go")
        #expect(try eventually { try text(output) == "first\nsecond\n" })
        let process = try #require(sandbox?.processID)
        try ProcessHandle(opening: process).send(signal: SignalNumber.kill)
        let run = try #require(try sandbox?.wait())
        #expect(run.exitCode == 137)
        #expect(try text(output) == "first\nsecond\n")
        #expect(try program.read(run).output == "first\nsecond\n")
        let second = sandbox
        sandbox = nil
        #expect(try text(errors) == "wrong\n")
        #expect(second != nil)
        second?.release()
        #expect(try FileStatus.of(output) == nil)
        #expect(try FileStatus.of(errors) == nil)
    }

    @Test("the files take no more than the specification's capture.limit")
    func bounded() throws {
        let program = try Program()
        let specification = try SandboxSpecification(
            json: #"{"command": ["sh", "-c", "head -c 100000 /dev/zero"], "capture": {"limit": "10K"}}"#
        )
        let sandbox = try program.pipeline.spawnCaptured(try program.pipeline.plan(specification))
        #expect(try sandbox.wait().exitCode == 0)
        #expect(try FileStatus.of(try #require(sandbox.outputFile))?.size == 10_240)
    }

    @Test("without captures of its own it has no files")
    func noFiles() throws {
        let program = try Program()
        let sandbox = try program.pipeline.spawn(try program.plan("echo"))
        #expect(sandbox.outputFile == nil)
        #expect(sandbox.errorFile == nil)
        #expect(try sandbox.wait().exitCode == 0)
    }

    @Test("its streams are joined to descriptors that may be closed at once")
    func streams() throws {
        let program = try Program()
        let specification = try SandboxSpecification(command: ["sh", "-c", "cat; echo wrong >&2"], readsInput: true)
        let plan = try program.pipeline.plan(specification)
        let input = try memoryFile(named: "input", bytes: Array("typed\n".utf8))
        let (output, errors) = (try makePipe(), try makePipe())
        let streams = SandboxStreams(input: input, output: output.write, error: errors.write)
        let sandbox = try program.pipeline.spawn(plan, streams: streams)
        for descriptor in [input, output.write, errors.write] { _ = OwnedDescriptor(adopting: descriptor) }
        let run = try sandbox.wait()
        sandbox.release()
        #expect(try FileContent.read(descriptor: output.read, limit: 100) == Array("typed\n".utf8))
        #expect(try FileContent.read(descriptor: errors.read, limit: 100) == Array("wrong\n".utf8))
        #expect(try program.read(run).output == "typed\n")
        for descriptor in [output.read, errors.read] { _ = OwnedDescriptor(adopting: descriptor) }
        #expect(try program.read(program.pipeline.exec(plan)).output == "")
        let error = #expect(throws: SandboxError.self) {
            try program.pipeline.exec(plan, streams: SandboxStreams(output: 1 << 20))
        }
        #expect(error?.code == .failed)
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try FileContent.read(path, limit: 1 << 20), as: UTF8.self)
    }
}
