package import ArgumentParser
import HostProcess

/// The tool as a whole; for help, and for finding a command by its name.
package struct SbxpipeTool: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sbxpipe",
        abstract: "Runs one command in a sandbox, in six stages that leave content-addressed artefacts.",
        discussion: """
            A spec (sandbox.json) declares the command, what it sees and what it may do. plan works it out, exec runs it, \
            inspect shows each stage. sbxpipe run -- CMD does the same without a file.
            """,
        version: SbxpipeVersion.line,
        subcommands: [
            InitCommand.self, PlanCommand.self, ExecCommand.self, RunCommand.self, ReplayCommand.self,
            ShellCommand.self,
            InspectCommand.self, CatCommand.self, LogsCommand.self, DiffCommand.self, WhyCommand.self, ListCommand.self,
            RemoveCommand.self, StopCommand.self, CacheCommand.self,
            ExportCommand.self, ImportCommand.self, PushCommand.self, PullCommand.self, DoctorCommand.self,
            SchemaCommand.self, CompletionCommand.self,
        ]
    )

    package init() {}

    /// Runs the command that the first argument names and exits.
    ///
    /// The named command is parsed alone: going through the tree of all of them costs half a millisecond.
    package static func start() -> Never {
        // Writing to a closed pipe, or past a limit, is an error to look at, not the end of the process.
        for signal in [SignalNumber.pipe, SignalNumber.fileSize] { try? SignalDisposition.ignore(signal) }
        let arguments = helpLast(commandFirst(Array(CommandLine.arguments.dropFirst())))
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "plan": CommandRunner.run(PlanCommand.self, rest)
        case "exec": CommandRunner.run(ExecCommand.self, rest)
        case "shell": CommandRunner.run(ShellCommand.self, rest)
        case "run": CommandRunner.run(RunCommand.self, rest)
        case "inspect": CommandRunner.run(InspectCommand.self, rest)
        case "cat": CommandRunner.run(CatCommand.self, rest)
        case "logs": CommandRunner.run(LogsCommand.self, rest)
        case "schema": CommandRunner.run(SchemaCommand.self, rest)
        case "why": CommandRunner.run(WhyCommand.self, rest)
        case "ls": CommandRunner.run(ListCommand.self, rest)
        case "rm": CommandRunner.run(RemoveCommand.self, rest)
        case "stop": CommandRunner.run(StopCommand.self, rest)
        case "cache": CommandRunner.run(CacheCommand.self, rest)
        case "export": CommandRunner.run(ExportCommand.self, rest)
        case "replay": CommandRunner.run(ReplayCommand.self, rest)
        case "diff": CommandRunner.run(DiffCommand.self, rest)
        case "push": CommandRunner.run(PushCommand.self, rest)
        case "pull": CommandRunner.run(PullCommand.self, rest)
        case "import": CommandRunner.run(ImportCommand.self, rest)
        case "doctor": CommandRunner.run(DoctorCommand.self, rest)
        case "init": CommandRunner.run(InitCommand.self, rest)
        case "completion": CommandRunner.run(CompletionCommand.self, rest)
        default: CommandRunner.runRoot(arguments)
        }
    }

    /// `help COMMAND` as `COMMAND --help`.
    private static func helpLast(_ arguments: [String]) -> [String] {
        guard arguments.first == "help", let command = arguments.dropFirst().first(where: { !$0.hasPrefix("-") }) else {
            return arguments
        }
        return [command, "--help"]
    }

    /// Moves flags that every command takes from before the command to behind it, as users of git type them.
    private static func commandFirst(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var index = 0
        while index < arguments.count {
            switch arguments[index] {
            case "--json", "-q", "--quiet", "--verbose": leading.append(arguments[index])
            // run has another -v.
            case "-v": leading.append("--verbose")
            case "--store", "--color":
                guard index + 1 < arguments.count else { return arguments }
                leading += [arguments[index], arguments[index + 1]]
                index += 1
            case let word where word.hasPrefix("--store=") || word.hasPrefix("--color="): leading.append(word)
            case let word where word.hasPrefix("-"): return arguments
            default: return [arguments[index]] + leading + arguments[(index + 1)...]
            }
            index += 1
        }
        return arguments
    }

    /// Commands of the contract that this version does not have yet.
    static let later: Set<String> = [
        "apply", "report",
    ]
}

/// The version of the tool.
enum SbxpipeVersion {
    static let text = "0.1.0"
    /// What `--version` prints, of the tool and of each command.
    static let line = "sbxpipe \(text)"
}
