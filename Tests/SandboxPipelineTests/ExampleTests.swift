import HostFiles
import SandboxPipeline
import TestSupport
import Testing

// What stands between the marks is the example of the library's documentation, word by word.
// EXAMPLE
func test(project: String) throws(SandboxError) -> String {
    var policy = SandboxPolicy()
    policy.allowWrite = [project]
    policy.denyRead = ["~/.ssh", project + "/.env"]
    let specification = try policy.specification(
        for: ["python3", "-m", "pytest", "-q"],
        workingFolder: project
    )
    let pipeline = try Pipeline()
    let run = try pipeline.exec(try pipeline.plan(specification))
    let report = try pipeline.inspect(run).bytes("collect/stdout")
    return "exit code \(run.exitCode)\n" + String(decoding: report, as: UTF8.self)
}
// EXAMPLE

@Suite("Examples", .tags(.large))
struct ExampleTests {
    @Test("the example of the documentation is code that compiles")
    func landingPage() throws {
        let root = AbsolutePath.parent(AbsolutePath.parent(AbsolutePath.parent(#filePath)))
        func text(_ path: String) throws -> String {
            String(decoding: try FileContent.read(root + "/" + path, limit: 1 << 20), as: UTF8.self)
        }
        let page = try text("Sources/SandboxPipeline/SandboxPipeline.docc/SandboxPipeline.md")
        let shown = try #require(between(page, "```swift\n", "```"))
        let compiled = try #require(
            between(try text("Tests/SandboxPipelineTests/ExampleTests.swift"), "// EXAMPLE\n", "// EXAMPLE\n")
        )
        #expect(shown == "import SandboxPipeline\n\n" + compiled)
    }

    private func between(_ text: String, _ start: String, _ end: String) -> String? {
        guard let first = text.firstRange(of: start) else { return nil }
        let rest = text[first.upperBound...]
        return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
    }

    @Test("the agent's loop runs three commands, and reads what each wrote", .enabled(if: Requirements.has("bwrap")))
    func agentLoop() throws {
        let program = try Program()
        try program.folder.write("KEY=hush", to: "work/.env")
        let run = try TestSupport.Program.run(
            [AbsolutePath.join(AbsolutePath.parent(Tool.path), "agent-loop"), program.work],
            in: "/",
            environment: program.environment.merging(["SBXPIPE_STORE": program.folder("store")]) { _, new in new }
        )
        #expect(run.code == 0)
        #expect(run.text.contains("stdout: 1 sums.py\n   it succeeded"))
        #expect(run.text.contains("it failed with exit code 1"))
        #expect(run.text.contains("stdout: the key is ''"))
        #expect(run.text.contains("Network is unreachable"))
        #expect(!run.text.contains("hush"))
        #expect(try program.folder.read("work/sums.py").contains("def add"))
        #expect(try program.folder.read("work/.env") == "KEY=hush")
    }
}
