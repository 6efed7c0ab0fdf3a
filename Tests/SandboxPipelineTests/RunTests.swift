import ContentAddressing
import HostFiles
import SandboxPipeline
import TestSupport
import Testing

@Suite("Plan, exec and inspect", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct RunTests {
    @Test("a command runs in its sandbox, and its end and captures are values")
    func exec() throws {
        let program = try Program()
        let plan = try program.plan("echo out; echo err >&2; echo done > file; exit 3", named: "three")
        let (run, output, errors) = try program.read(program.pipeline.exec(plan))
        #expect(run.exitCode == 3)
        #expect(run.reason == .exited)
        #expect(run.failure?.domain == .command)
        #expect(run.plan == plan.digest)
        #expect(run.digest != nil)
        #expect(output == "out\n")
        #expect(errors == "err\n")
        #expect(try program.folder.read("work/file") == "done\n")
    }

    @Test("what did not change is the same plan")
    func samePlan() throws {
        let program = try Program()
        let plan = try program.plan("true")
        #expect(try program.plan("true") == plan)
        #expect(try program.plan("false").digest != plan.digest)
        #expect(try program.pipeline.plan(named: plan.digest.description) == plan)
        #expect(Digest(plan.digest.description) == plan.digest)
    }

    @Test("a command that is not there is a run with exit code 127, not an error")
    func commandNotFound() throws {
        let program = try Program()
        let plan = try program.pipeline.plan(try SandboxSpecification(command: ["no-such-command"]))
        let run = try program.pipeline.exec(plan)
        #expect(run.exitCode == 127)
        #expect(run.reason == .failed)
        #expect(run.failure?.domain == .command)
        #expect(run.failure?.message.contains("no-such-command") == true)
        let sandbox = try program.pipeline.spawn(plan)
        #expect(sandbox.processID == nil)
        #expect(try sandbox.wait().exitCode == 127)
    }

    @Test("in asynchronous code exec holds no thread, and cancelling it ends the command")
    func asynchronously() async throws {
        let program = try Program()
        #expect(try await program.pipeline.exec(try program.plan("exit 4")).exitCode == 4)
        let plan = try program.plan("touch started; exec sleep 60")
        let task = Task { try await program.pipeline.exec(plan) }
        while try FileStatus.of(program.folder("work/started")) == nil { await Task.yield() }
        task.cancel()
        let run = try await task.value
        #expect(run.exitCode == 143)
        #expect(run.signal == 15)
    }

    @Test("many run at once, each with its own captures")
    func atOnce() async throws {
        let program = try Program()
        let plans = try (0..<8).map { try program.plan("sleep 0.1; echo \($0)") }
        let outputs = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (number, plan) in plans.enumerated() {
                group.addTask { (number, try program.read(try await program.pipeline.exec(plan)).output) }
            }
            return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        #expect(outputs == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, "\($0)\n") }))
    }

    @Test("two plans of one digest keep their own names")
    func names() throws {
        let program = try Program()
        let first = try program.plan("true", named: "first")
        let second = try program.plan("true", named: "second")
        #expect(first.digest == second.digest)
        #expect(try program.pipeline.inspect(program.pipeline.exec(first)).name == "first")
        #expect(try program.pipeline.inspect("first").kind == .run)
        #expect(try program.pipeline.inspect("second").kind == .plan)
    }

    @Test("an inspection has every file of the stages, by path and digest")
    func inspect() throws {
        let program = try Program()
        let plan = try program.plan("echo hello")
        let planned = try program.pipeline.inspect(plan)
        #expect(planned.kind == .plan)
        #expect(planned.digest == plan.digest)
        #expect(planned.files.map(\.path).contains("4-archive/plan.json"))
        let run = try program.pipeline.exec(plan)
        let files = try program.pipeline.inspect(run)
        #expect(files.kind == .run)
        #expect(files.digest == run.digest)
        #expect(files.plan == plan.digest)
        #expect(!files.isImported)
        #expect(files.files.count > planned.files.count)
        let stdout = try #require(files.files.first { $0.path == "6-collect/stdout" })
        #expect(stdout.size == 6)
        #expect(stdout.digest == Digest.of(Array("hello\n".utf8)))
        for file in files.files { #expect(Int64(try files.bytes(file.path).count) == file.size) }
        #expect(try program.pipeline.inspect("last").digest == run.digest)
        #expect(try program.pipeline.inspect(run.id).digest == run.digest)
    }

    @Test("what is not in the store is an error that says so")
    func missing() throws {
        let program = try Program()
        let other = try Program()
        let plan = try program.plan("true")
        let names: [() throws -> Void] = [
            { _ = try program.pipeline.inspect("nothing") },
            { _ = try program.pipeline.plan(named: "nothing") },
            { _ = try program.pipeline.inspect(plan).bytes("launch/result.json") },
            { _ = try program.pipeline.inspect(plan).bytes("archive/nothing") },
            { _ = try other.pipeline.exec(plan) },
            { _ = try other.pipeline.commandLine(of: plan) },
            { _ = try other.pipeline.plan(named: "last") },
        ]
        for name in names {
            let error = #expect(throws: SandboxError.self) { try name() }
            #expect(error?.code == .missing)
        }
    }

    @Test("an object that was changed is never served")
    func damaged() throws {
        let program = try Program()
        let run = try program.pipeline.exec(try program.plan("echo hello"))
        let files = try program.pipeline.inspect(run)
        let digest = try #require(files.files.first { $0.path == "6-collect/stdout" }).digest
        try program.folder.write("jello\n", to: "store/cache/blobs/sha256/\(digest.hex)")
        let error = #expect(throws: SandboxError.self) { try files.bytes("collect/stdout") }
        #expect(error?.code == .damaged)
    }
}
