import ArgumentParser
import HostFiles
import SandboxPipeline

/// `sbxpipe logs`.
struct LogsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        _superCommandName: "sbxpipe",
        abstract: "Print what a run's command wrote, in the order in which it came, each stream to its own.",
        usage: "sbxpipe logs [<run>] [--stdout | --stderr] [--timestamps] [--follow]",
        discussion: """
            --json prints one document, sbxpipe.logs/v1: id, name and lines, each with time, stream and text (base64 for \
            what is no UTF-8), or with missing, the number of bytes that were not kept. A line's text has its line feed; a \
            line of more than 64 KiB may be several entries, of which only the first has a time.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Flag(name: .long, help: "Only stdout.")
    var stdout = false

    @Flag(name: .long, help: "Only stderr.")
    var stderr = false

    @Flag(
        name: [.customShort("t"), .long],
        help: "Before each line the time of its first byte, and its stream where there are two."
    )
    var timestamps = false

    @Flag(name: [.customShort("f"), .long], help: "Go on until the run is over.")
    var follow = false

    @Argument(help: ArgumentHelp("A run: last, a name, a digest.", valueName: "run"), completion: .reference)
    var run: String = "last"

    var job: LogsJob {
        LogsJob(
            global: global.flags(shortVerbose),
            stdout: stdout,
            stderr: stderr,
            timestamps: timestamps,
            follow: follow,
            run: run
        )
    }
}

/// What `sbxpipe logs` was asked to do.
struct LogsJob: ToolJob {
    var global = GlobalFlags()
    var stdout: Bool
    var stderr: Bool
    var timestamps: Bool
    var follow = false
    var run: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        do {
            return try perform(context, console)
        } catch let error as FileError where error.reason == LogOutput.readerIsGone {
            return 0
        }
    }

    private func perform(_ context: PipelineContext, _ console: Console) throws -> Int32 {
        if let launch = try ReferenceSearch(context).running(run) {
            if follow { return try LogFollower(self, LiveLog(launch, context), context, console).run() }
            // The last run is the last that is over; an id is that of this one alone.
            guard run == "last" || !launch.id.hasPrefix(run) else {
                throw PipelineError("run \(run) is under way", hint: "sbxpipe logs --follow \(run) shows it")
            }
        }
        let reference = try ReferenceSearch(context).find(run, prefersPlan: false)
        return try show(try RunLog(try Inspection(reference, context)), console)
    }

    /// Whether lines are told apart, and their times.
    func showsTimes(_ console: Console) -> Bool { timestamps || console.isJSON }

    /// Where streams go to.
    func targets(_ console: Console) -> [Int32] {
        if console.isJSON { return [1] }
        return stdout == stderr ? [1, 2] : [stdout ? 1 : 2]
    }

    /// Shows a run that is over.
    func show(_ log: RunLog, _ console: Console) throws -> Int32 {
        let names = try names(log.streams)
        let printer = LogPrinter(console, namesStreams: names.count > 1)
        let showsTimes = showsTimes(console)
        var writer = LogWriter(clock: showsTimes ? try log.clock() : nil, sink: printer.write)
        try printer.begin(id: try log.id(), name: log.name)
        try log.write(names, byTime: showsTimes, to: &writer)
        try printer.finish()
        return 0
    }

    /// The streams that were asked for, of those that there are.
    func names(_ streams: [String]) throws -> [String] {
        guard !streams.isEmpty else {
            throw PipelineError(
                "the output of \(run) was not captured: its spec says capture.mode \"none\"",
                hint: "with --set capture.mode=separate the next run is"
            )
        }
        if stdout == stderr { return streams }
        guard streams != ["combined"] else {
            throw PipelineError("the run has one combined stream", hint: "sbxpipe logs \(run) prints it")
        }
        return [stdout ? "stdout" : "stderr"]
    }
}
