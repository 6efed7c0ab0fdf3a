import ArgumentParser
import HostFiles
import SandboxPipeline

/// `sbxpipe logs`.
struct LogsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        _superCommandName: "sbxpipe",
        abstract: "Print what a run's command wrote, in the order in which it came, each stream to its own.",
        usage: "sbxpipe logs [<run>] [--stdout | --stderr] [--timestamps] [--follow]"
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
        if let launch = try ReferenceSearch(context).running(run) {
            if follow { return try LogFollower(self, LiveLog(launch, context), context, console).run() }
            // The last run is the last that is over; an id is that of this one alone.
            guard run == "last" || !launch.id.hasPrefix(run) else {
                throw PipelineError("run \(run) is under way", hint: "sbxpipe logs --follow \(run) shows it")
            }
        }
        let log = try RunLog(try Inspection(try ReferenceSearch(context).find(run, prefersPlan: false), context))
        let names = try names(log.streams)
        let output = LogOutput()
        var writer = LogWriter(
            clock: timestamps ? try log.clock() : nil,
            namesStreams: names.count > 1,
            sink: { stream, bytes in try output.write(bytes, to: stream == "stderr" ? 2 : 1) },
            missed: { text in
                try output.flush()
                console.note(text)
            }
        )
        do {
            try log.write(names, byTime: timestamps, to: &writer)
            try output.flush()
        } catch let error as FileError where error.reason == LogOutput.readerIsGone {
            return 0
        }
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
