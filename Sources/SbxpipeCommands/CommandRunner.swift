import ArgumentParser
import HostProcess
import SandboxPipeline
import SandboxSpec

#if canImport(Glibc)
import func Glibc.exit
#elseif canImport(Musl)
import func Musl.exit
#else
import func Darwin.exit
#endif

/// A command of the tool.
protocol ToolCommand: ParsableCommand {
    /// Exit code for whatever kept it from doing its job: 125 where a command's own code is passed on, else 2.
    static var failureCode: Int32 { get }
    /// Exit code for wrong usage: 125 likewise, else 64.
    static var usageCode: Int32 { get }
    var global: GlobalOptions { get }
    var isVerbose: Bool { get }
    /// Does the job and gives the exit code.
    func perform(_ console: Console) throws -> Int32
    /// Told of a failure before the process ends, and of one of the flags with what could be read of them.
    func failed(_ message: String, hint: String?)
}

extension ToolCommand {
    static var failureCode: Int32 { 2 }
    static var usageCode: Int32 { 64 }
    var isVerbose: Bool { global.verbose }
    func failed(_ message: String, hint: String?) {}
}

/// Parses, performs, and turns errors into one line and an exit code.
enum CommandRunner {
    static func run<Command: ToolCommand>(_ type: Command.Type, _ arguments: [String]) -> Never {
        let command: Command
        do {
            command = try Command.parse(arguments)
        } catch {
            endParsing(type, error, code: Command.usageCode)
        }
        let console = Console(command.global, isVerbose: command.isVerbose)
        do {
            let code = try command.perform(console)
            ProgressLine.clear()
            exit(console.finish(code))
        } catch {
            ProgressLine.clear()
            let usage = error as? UsageError
            let problem = (error as? PipelineError) ?? PipelineError(usage?.message ?? "\(error)", hint: usage?.hint)
            console.error(problem.message, hint: problem.hint)
            command.failed(problem.message, hint: problem.hint)
            exit(usage == nil ? Command.failureCode : Command.usageCode)
        }
    }

    /// `sbxpipe`, `sbxpipe --help`, and what is no command.
    static func runRoot(_ arguments: [String]) -> Never {
        if let first = arguments.first, !first.hasPrefix("-"), first != "help" {
            Console.plain.error("\(first) is no command of sbxpipe", hint: "sbxpipe --help lists them")
            exit(64)
        }
        do {
            _ = try SbxpipeTool.parseAsRoot(arguments)
            Console.plain.write(SbxpipeTool.helpMessage())
            exit(arguments.isEmpty ? 64 : 0)
        } catch {
            endParsing(SbxpipeTool.self, error, code: 64)
        }
    }

    private static func endParsing<Command: ParsableCommand>(_ type: Command.Type, _ error: any Error, code: Int32)
        -> Never
    {
        if Command.exitCode(for: error).isSuccess {
            Console.plain.write(Command.fullMessage(for: error) + "\n")
            exit(Console.plain.finish(0))
        }
        let name = Command._commandName == "sbxpipe" ? "sbxpipe" : "sbxpipe \(Command._commandName)"
        Console.plain.error(Command.message(for: error), hint: "see \(name) --help")
        exit(code)
    }
}

/// Wrong usage that the argument parser can't see.
struct UsageError: Error {
    let message: String
    var hint: String?
}
