import HostFiles
import SandboxPipeline
import TestSupport
import Testing

@Suite("The store of the library", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct StoreTests {
    @Test("a store that others may write is not opened, and one that became so is not used")
    func openToOthers() throws {
        let program = try Program()
        let plan = try program.plan("true")
        let cache = program.folder("store/cache")
        let folder = try OwnedDescriptor.open(cache, [.read, .folder])
        try FileMode.set(0o777, of: folder.number, path: cache)
        let error = #expect(throws: SandboxError.self) {
            try Pipeline(store: program.folder("store"), environment: program.environment)
        }
        #expect(error?.code == .storeNotTrusted)
        #expect(throws: SandboxError.self) { try program.pipeline.exec(plan) }
        #expect(throws: SandboxError.self) { try program.pipeline.inspect(plan) }
    }

    @Test("a plan of another's store can be looked at and planned anew, and is not run")
    func imported() throws {
        let program = try Program()
        let plan = try program.plan("echo mine", named: "theirs")
        let other = try Pipeline(
            store: program.folder("store"),
            environment: Program.environment(home: try program.folder.folder("other"))
        )
        let files = try other.inspect("theirs")
        #expect(files.isImported)
        let attempts: [() throws -> Void] = [
            { _ = try other.exec(plan) },
            { _ = try other.spawn(plan) },
            { _ = try other.commandLine(of: plan) },
            { _ = try other.plan(named: "theirs") },
        ]
        for attempt in attempts {
            let error = #expect(throws: SandboxError.self) { try attempt() }
            #expect(error?.code == .notPermitted)
        }
        let text = String(decoding: try files.bytes("archive/spec.json"), as: UTF8.self)
        let again = try other.plan(try SandboxSpecification(json: text, folder: program.work))
        #expect(try other.exec(again).exitCode == 0)
    }

    @Test("the store is the one that is named, else that of the environment, else the caller's own")
    func location() throws {
        let program = try Program()
        #expect(program.pipeline.store == program.folder("store"))
        let variable = program.environment.merging(["SBXPIPE_STORE": program.folder("named")]) { _, new in new }
        #expect(try Pipeline(environment: variable).store == program.folder("named"))
        let own = try Pipeline(store: nil, environment: program.environment).store
        // A checkout has a store of its own, which is nearer.
        #expect(own == program.folder("home/cache/sbxpipe") || !own.hasPrefix(program.folder.path))
    }

    @Test("a pipeline is a value that is made anew at any time")
    func anew() throws {
        let program = try Program()
        let plan = try program.plan("exit 2", named: "two")
        let again = try Pipeline(store: program.folder("store"), environment: program.environment)
        #expect(try again.plan(named: "two") == plan)
        #expect(try again.exec(plan).exitCode == 2)
        #expect(try program.pipeline.inspect("two").kind == .run)
    }
}
