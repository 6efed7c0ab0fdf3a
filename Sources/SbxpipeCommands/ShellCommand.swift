import ArgumentParser
import HostFiles
import SandboxPipeline

/// `sbxpipe shell`.
struct ShellCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        _superCommandName: "sbxpipe",
        abstract: "Start an interactive shell in the sandbox of a plan or run.",
        discussion: """
            REF is a spec file, a plan or a run, a failed one too. The shell sees what its command saw: mounts, \
            environment, limits, network. Without a terminal it reads the caller's stdin. What it does is a run of its \
            own, called NAME-shell, and its exit code is the exit code.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Argument(help: ArgumentHelp("A spec, plan or run.", valueName: "ref"), completion: .file())
    var ref: String

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("In place of the shell, behind --.", valueName: "command")
    )
    var command: [String] = []

    var job: ShellJob {
        ShellJob(global: global.flags(shortVerbose), planning: planning.flags, ref: ref, command: command)
    }
}

/// What `sbxpipe shell` was asked to do.
struct ShellJob: ToolJob {
    static let failureCode: Int32 = 125
    static let usageCode: Int32 = 125

    var global = GlobalFlags()
    var planning = PlanningFlags()
    var ref: String
    var command: [String] = []

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let target = PlanTarget(context, planning, console)
        let words = command.isEmpty ? SpecSource.usualShell : command
        let source = try target.source(named: ref, changing: true).shell(words, onTerminal: HostSystem.isTerminal(0))
        return try Launching(context, planning, console).run(LaunchTarget(try target.plan(source), source: source))
    }

    static func unparsable(_ arguments: [String], _ message: String) {
        ResultFile.writeFailure(of: arguments, message)
    }

    func failed(_ message: String, hint: String?) { ResultFile.writeFailure(planning.result, message, hint) }
}
