import TestSupport
import Testing

@Suite("help and --version")
struct HelpTests {
    private static let commands = [
        "init", "plan", "exec", "run", "inspect", "cat", "logs", "why", "ls", "rm", "stop", "cache", "schema",
        "completion", "doctor",
    ]

    private func tool(_ arguments: String...) throws -> ToolRun {
        try Tool.run(arguments, in: "/", environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])
    }

    @Test("help COMMAND prints what COMMAND --help prints", arguments: commands)
    func helpOfCommand(command: String) throws {
        let help = try tool("help", command)
        #expect(help.code == 0 && help.errors.isEmpty, "\(help)")
        #expect(help.text.contains("USAGE: sbxpipe \(command)"), "\(help)")
        #expect(try help.output == tool(command, "--help").output)
        #expect(help.text.contains("--version"))
    }

    @Test("help alone is that of the tool; of no command it is wrong usage")
    func helpOfTool() throws {
        let help = try tool("help")
        #expect(try help.code == 0 && help.output == tool("--help").output)
        for command in Self.commands { #expect(help.text.contains("\n  \(command) "), "\(command)") }
        #expect(try tool("--json", "help", "ls").output == (try tool("ls", "--help")).output)
        for word in ["nonsense", "pla"] {
            let run = try tool("help", word)
            #expect(run.code == 64 && run.output.isEmpty, "\(run)")
            #expect(
                run.errorLines == [
                    "sbxpipe: error: \(word) is no command of sbxpipe",
                    "sbxpipe: hint: sbxpipe --help lists the commands",
                ]
            )
        }
    }

    @Test("--version is the tool's, of each command, whatever else is missing", arguments: commands)
    func version(command: String) throws {
        let tool = try tool("--version")
        #expect(tool.code == 0 && tool.text.wholeMatch(of: /sbxpipe \d+\.\d+\.\d+\n/) != nil, "\(tool)")
        let run = try self.tool(command, "--version")
        #expect(run.code == 0 && run.output == tool.output && run.errors.isEmpty, "\(run)")
    }

    @Test("--version after -- is the command's own", .needsBubblewrap)
    func versionInside() throws {
        let space = try Workspace("version")
        let run = try space.tool(["run", "--", "echo", "--version", "--help"])
        #expect(run.code == 0 && run.text == "--version --help\n", "\(run)")
    }
}
