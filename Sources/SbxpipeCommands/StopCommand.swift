import JSONText
import ArgumentParser
import SandboxPipeline
import SandboxSpec

/// `sbxpipe stop`.
struct StopCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        _superCommandName: "sbxpipe",
        abstract: "End a running command: TERM, then KILL after the grace.",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Option(
        name: .long,
        help: ArgumentHelp("Time between TERM and KILL, as 500ms (the plan's, 5s).", valueName: "time")
    )
    var killAfter: String?

    @Argument(help: ArgumentHelp("The run: its id, eight digits of it, or its name.", valueName: "run"))
    var run: String

    var job: StopJob { StopJob(global: global.flags(shortVerbose), killAfter: killAfter, run: run) }
}

/// What `sbxpipe stop` was asked to do.
struct StopJob: ToolJob {
    var global = GlobalFlags()
    var killAfter: String?
    var run: String

    func perform(_ console: Console) throws -> Int32 {
        var grace: Duration?
        if let killAfter {
            guard let time = TimeSpan(.string(killAfter)) else {
                throw UsageError(message: "--kill-after: expected a time as 500ms or 5s")
            }
            grace = .milliseconds(time.milliseconds)
        }
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let search = ReferenceSearch(context)
        guard let launch = try search.running(run) else {
            throw PipelineError("\(run): no such run is under way", hint: "sbxpipe ls --runs shows those that are")
        }
        let planned = Duration.milliseconds(launch.grace ?? 5000)
        try LaunchStop(launch).run(grace: grace ?? planned) { try !search.running().contains { $0.id == launch.id } }
        console.detail("run \(launch.id) is over")
        return 0
    }
}
