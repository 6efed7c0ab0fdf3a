import HostFiles
import JSONText
import SandboxPipeline
import TestSupport
import Testing

@Suite("Launchers of the library", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct LauncherTests {
    private struct Lookup: LauncherLookup {
        let found: String?

        func path(of launcher: String) throws(SandboxError) -> String? { launcher == "bwrap" ? found : nil }
    }

    private struct Failing: LauncherLookup {
        func path(of launcher: String) throws(SandboxError) -> String? {
            // A library's user has no way to make an error but to have one.
            _ = try SandboxSpecification(command: [])
            return nil
        }
    }

    private func pipeline(_ program: Program, _ launchers: any LauncherLookup) throws -> Pipeline {
        try Pipeline(store: program.folder("store"), environment: program.environment, launchers: launchers)
    }

    @Test("without a launcher on PATH, planning is a typed error")
    func notOnPath() throws {
        let program = try Program(path: "/nowhere")
        let error = #expect(throws: SandboxError.self) { try program.plan("true") }
        #expect(error?.code == .launcherNotFound)
        #expect(error?.message.contains("bwrap is not on PATH") == true)
        #expect(error?.hint != nil)
    }

    @Test("a launcher that is gone by the time of the launch is the same error")
    func goneBeforeLaunch() throws {
        let program = try Program()
        let plan = try program.plan("true")
        let other = try Pipeline(
            store: program.folder("store"),
            environment: program.environment.merging(["PATH": "/nowhere"]) { _, new in new }
        )
        let error = #expect(throws: SandboxError.self) { try other.exec(plan) }
        #expect(error?.code == .launcherNotFound)
        #expect(throws: SandboxError.self) { try other.commandLine(of: plan) }
    }

    @Test("a look-up of the program's own says where launchers are, and the same rules hold for what it finds")
    func ownLookup() throws {
        let program = try Program()
        let real = try #require(["/usr/local/bin/bwrap", "/usr/bin/bwrap"].first { FileMode.mayExecute($0) })
        let own = try program.folder.write("", to: "tools/bwrap", mode: 0o755)
        do {
            let file = try OwnedDescriptor.open(own, [.write])
            try FileContent.write(try FileContent.read(real, limit: 64 << 20), to: file.number)
        }
        let pipeline = try pipeline(program, Lookup(found: own))
        let plan = try pipeline.plan(try SandboxSpecification(command: ["true"]))
        #expect(try pipeline.commandLine(of: plan).launcher == own)

        let file = try OwnedDescriptor.open(own, [.read])
        try FileMode.set(0o777, of: file.number, path: own)
        let error = #expect(throws: SandboxError.self) {
            try pipeline.plan(try SandboxSpecification(command: ["true"]))
        }
        #expect(error?.code == .failed)
        #expect(error?.message.contains("others may write") == true)
    }

    @Test("a look-up that knows none, names a missing file or fails, ends the operation")
    func failingLookup() throws {
        let program = try Program()
        let specification = try SandboxSpecification(command: ["true"])
        for found in [nil, "/nowhere/bwrap"] {
            let pipeline = try pipeline(program, Lookup(found: found))
            let error = #expect(throws: SandboxError.self) { try pipeline.plan(specification) }
            #expect(error?.code == .launcherNotFound)
        }
        let error = #expect(throws: SandboxError.self) { try pipeline(program, Failing()).plan(specification) }
        #expect(error?.code == .invalidSpecification)
    }

    @Test("the command line of a plan is what its launch then has, and asking for it launches nothing")
    func commandLine() throws {
        let program = try Program()
        let plan = try program.pipeline.plan(
            try SandboxSpecification(command: ["sh", "-c", "exit 0"], environment: ["NAME": "a value"], inheriting: [])
        )
        let line = try program.pipeline.commandLine(of: plan)
        let error = #expect(throws: SandboxError.self) {
            try program.pipeline.inspect("last~0").bytes("launch/result.json")
        }
        #expect(error?.code == .missing)
        #expect(line.arguments.first == line.launcher)
        #expect(line.arguments.suffix(4) == ["--", "sh", "-c", "exit 0"])
        #expect(line.environment.isEmpty)
        #expect(line.descriptors.values.contains(.status))
        #expect(line.descriptors.values.contains(.filter))
        let passed = line.descriptors.values.compactMap { content -> [String]? in
            if case .arguments(let arguments) = content { arguments } else { nil }
        }
        #expect(passed.first?.contains("a value") == true)
        #expect(!line.arguments.contains("a value"))

        let run = try program.pipeline.exec(plan)
        let record = try program.json(of: run, "launch/result.json")
        let recorded = (record["argv"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(line.arguments.filter { !["--args", "4"].contains($0) } == recorded)
    }
}
