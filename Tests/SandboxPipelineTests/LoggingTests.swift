import HostFiles
import InMemoryLogging
import Logging
import SandboxPipeline
import TestSupport
import Testing

@Suite("The logger of the library", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct LoggingTests {
    private let program: Program
    private let handler = InMemoryLogHandler()
    private let pipeline: Pipeline

    init() throws {
        program = try Program()
        let handler = handler
        var logger = Logger(label: "test", factory: { _ in handler })
        logger.logLevel = .trace
        pipeline = try Pipeline(
            store: program.folder("store"),
            environment: program.environment.merging(["HUSH": "hush-hush"]) { _, new in new },
            logger: logger
        )
    }

    @Test("steps are told at debug, a launch and its end at info, and no value of a variable anywhere")
    func levels() throws {
        let plan = try pipeline.plan(
            try SandboxSpecification(
                command: ["sh", "-c", "echo $OPEN $HUSH; exit 3"],
                environment: ["OPEN": "open-sesame"],
                inheriting: ["PATH", "HUSH"],
                name: "told"
            )
        )
        _ = try pipeline.commandLine(of: plan)
        let run = try pipeline.exec(plan)
        #expect(try program.read(run).output == "open-sesame hush-hush\n")
        let entries = handler.entries
        #expect(entries.contains { $0.level == .debug && $0.message.description.contains("resolve") })
        #expect(entries.contains { $0.level == .debug && $0.message == "planned" })
        let information = entries.filter { $0.level == .info }
        #expect(information.map(\.message) == ["launched", "ended"])
        #expect(information.allSatisfy { $0.metadata["run"] == "\(run.id)" && $0.metadata["name"] == "told" })
        #expect(information.last?.metadata["exitCode"] == "3")
        #expect(!entries.contains { $0.level > .info })
        for entry in entries {
            let text = "\(entry.message) \(entry.metadata)"
            #expect(!text.contains("open-sesame") && !text.contains("hush-hush"), "\(text)")
        }
    }

    @Test("what a killed one left is told at warning by the next")
    func leftovers() throws {
        _ = try pipeline.exec(try pipeline.plan(try SandboxSpecification(command: ["true"])))
        try program.folder.write("", to: "store/cache/tmp/0.left")
        _ = try pipeline.plan(try SandboxSpecification(command: ["true"]))
        #expect(handler.entries.contains { $0.level == .warning && $0.message.description.contains("cleaned up") })
        #expect(try FileStatus.of(program.folder("store/cache/tmp/0.left")) == nil)
    }
}
