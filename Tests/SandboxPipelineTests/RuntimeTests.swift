import HostFiles
import HostProcess
import JSONText
import SandboxPipeline
import TestSupport
import Testing

/// What NamespaceContainer of synwire offers its callers, on the runtimes that it has.
@Suite("A specification for a certain runtime", .tags(.large))
struct RuntimeTests {
    private static let runtimes: [SandboxRuntime] = [.runc, .gVisor].filter { Requirements.has($0.rawValue) }

    private func program() throws -> Program { try Program(path: "/usr/bin:/bin:/usr/sbin:/sbin") }

    private func specification(_ program: Program, _ script: String) throws -> SandboxSpecification {
        try SandboxSpecification(
            command: ["sh", "-c", script],
            workingFolder: "/work",
            binds: [.init(program.work, at: "/work", isWritable: true)]
        )
    }

    @Test("a captured run on it is one as on any other", arguments: runtimes)
    func exec(runtime: SandboxRuntime) throws {
        let program = try program()
        let specification = try specification(program, "echo out; echo err >&2; echo done > file; exit 3").using(
            runtime
        )
        let plan = try program.pipeline.plan(specification)
        let (run, output, errors) = try program.read(program.pipeline.exec(plan))
        #expect(run.exitCode == 3 && run.reason == .exited, "\(run)")
        #expect(output == "out\n" && errors == "err\n")
        #expect(try program.folder.read("work/file") == "done\n")
        #expect(try program.json(of: run, "launch/result.json")["runtime"]?["name"]?.stringValue == runtime.rawValue)
        let line = try program.pipeline.commandLine(of: plan)
        #expect(line.arguments.contains("--detach") && line.configuration?.contains("\"ociVersion\"") == true)
        #expect(line.environment.keys.sorted() == ["PATH", "XDG_RUNTIME_DIR"])
    }

    @Test("a spawned one gets signals, and letting it go ends it", arguments: runtimes)
    func spawn(runtime: SandboxRuntime) throws {
        let program = try program()
        let script = "trap 'exit 9' TERM; touch ready; while :; do sleep 0.05; done"
        let plan = try program.pipeline.plan(try specification(program, script).using(runtime))
        let polite = try program.pipeline.spawn(plan)
        var isReady = try eventually { try FileStatus.of(program.work + "/ready") != nil }
        #expect(isReady)
        polite.terminate(grace: .seconds(30))
        let run = try polite.wait()
        #expect(run.exitCode == 9, "\(run)")

        try Folder.removeFile(program.work + "/ready")
        var left: [Int32] = []
        do {
            let deaf = try program.pipeline.spawn(plan)
            isReady = try eventually { try FileStatus.of(program.work + "/ready") != nil }
            #expect(isReady)
            left = family(of: HostIdentity.processID).filter { $0 != HostIdentity.processID }
            #expect(!left.isEmpty)
            withExtendedLifetime(deaf) {}
        }
        let isGone = eventually { !left.contains(where: isRunning) }
        #expect(isGone, "\(left)")
    }

    @Test("a runtime that is not there is an error that says so")
    func missing() throws {
        let program = try Program(path: "/nonexistent")
        let specification = try SandboxSpecification(command: ["true"])
        for runtime in [SandboxRuntime.automatic, .bubblewrap, .runc, .crun, .gVisor] {
            let error = #expect(throws: SandboxError.self) {
                try program.pipeline.plan(try specification.using(runtime))
            }
            #expect(error?.code == .launcherNotFound, "\(runtime): \(error?.message ?? "")")
        }
        let contradiction = #expect(throws: SandboxError.self) { try specification.using(.direct) }
        #expect(contradiction?.code == .invalidSpecification)
    }
}
