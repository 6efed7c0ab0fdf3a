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

/// A command of the tool: how its arguments are parsed.
protocol ToolCommand: ParsableCommand {
    associatedtype Job: ToolJob

    var job: Job { get }
}

/// What a command was asked to do, as plain values.
protocol ToolJob {
    /// Exit code for whatever kept it from doing its job: 125 where a command's own code is passed on, else 2.
    static var failureCode: Int32 { get }
    /// Exit code for wrong usage: 125 likewise, else 64.
    static var usageCode: Int32 { get }
    var global: GlobalFlags { get }
    /// Flags that ``plain(_:)`` knows.
    static var plainFlags: [String] { get }
    /// The job that words without any other flag stand for; nil leaves them to the parser.
    static func plain(_ words: [String]) -> Self?
    /// Does the job and gives the exit code.
    func perform(_ console: Console) throws -> Int32
    /// Told of arguments that can't be parsed.
    static func unparsable(_ arguments: [String], _ message: String)
    /// Told of a failure before the process ends.
    func failed(_ message: String, hint: String?)
}

extension ToolJob {
    static var failureCode: Int32 { 2 }
    static var usageCode: Int32 { 64 }
    static var plainFlags: [String] { [] }
    static func plain(_ words: [String]) -> Self? { nil }
    static func unparsable(_ arguments: [String], _ message: String) {}
    func failed(_ message: String, hint: String?) {}
}

/// Parses, performs, and turns errors into one line and an exit code.
enum CommandRunner {
    /// Where no argument is a flag there is nothing to parse: the parser's set-up alone, which looks up protocol
    /// conformances for every declared option, costs as much as planning.
    static func run<Command: ToolCommand>(_ type: Command.Type, _ arguments: [String]) -> Never {
        let known = Command.Job.plainFlags
        if !arguments.contains(where: { $0.hasPrefix("-") && !known.contains($0) }),
            let job = Command.Job.plain(arguments)
        {
            perform(job)
        }
        do {
            perform(try Command.parse(arguments).job)
        } catch {
            endParsing(type, error, code: Command.Job.usageCode) { message in
                Command.Job.unparsable(arguments, message)
            }
        }
    }

    private static func perform<Job: ToolJob>(_ job: Job) -> Never {
        let console = Console(job.global)
        do {
            let code = try job.perform(console)
            ProgressLine.clear()
            exit(console.finish(code))
        } catch {
            ProgressLine.clear()
            let usage = error as? UsageError
            let problem = (error as? PipelineError) ?? PipelineError(usage?.message ?? "\(error)", hint: usage?.hint)
            console.error(problem.message, hint: problem.hint)
            job.failed(problem.message, hint: problem.hint)
            exit(usage == nil ? Job.failureCode : Job.usageCode)
        }
    }

    /// `sbxpipe`, `sbxpipe --help`, and what is no command.
    static func runRoot(_ arguments: [String]) -> Never {
        if let first = arguments.first, !first.hasPrefix("-"), first != "help" {
            let isLater = SbxpipeTool.later.contains(first)
            let message = isLater ? "\(first) is not part of this version yet" : "\(first) is no command of sbxpipe"
            Console.plain.error(message, hint: "sbxpipe --help lists the commands")
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

    private static func endParsing<Command: ParsableCommand>(
        _ type: Command.Type,
        _ error: any Error,
        code: Int32,
        failed: (String) -> Void = { _ in }
    ) -> Never {
        if Command.exitCode(for: error).isSuccess {
            Console.plain.write(Command.fullMessage(for: error) + "\n")
            exit(Console.plain.finish(0))
        }
        let name = Command._commandName == "sbxpipe" ? "sbxpipe" : "sbxpipe \(Command._commandName)"
        let hint = Command._commandName == "run" ? "sbxpipe run [FLAGS] -- CMD [ARG...]; see \(name) --help" : nil
        Console.plain.error(Command.message(for: error), hint: hint ?? "see \(name) --help")
        failed(Command.message(for: error))
        exit(code)
    }
}

/// Wrong usage that the argument parser can't see.
struct UsageError: Error {
    let message: String
    var hint: String?
}
