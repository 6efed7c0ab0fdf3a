import HostFiles
import SandboxPipeline

/// `logs --follow` of a launch under way.
struct LogFollower {
    private let job: LogsJob
    private let live: LiveLog
    private let context: PipelineContext
    private let console: Console

    private static let pause = 50
    /// Pauses without anything new until what waits for the end of its line is shown.
    private static let patience = 10

    init(_ job: LogsJob, _ live: LiveLog, _ context: PipelineContext, _ console: Console) {
        self.job = job
        self.live = live
        self.context = context
        self.console = console
    }

    /// Shows what comes until the launch is over, then what of its run was not shown yet.
    func run() throws -> Int32 {
        if live.capturesNothing { _ = try job.names([]) }
        while try !live.open() {
            if try live.isOver() { break }
            guard hasReaders else { return 0 }
            HostSystem.sleep(milliseconds: Self.pause)
        }
        guard !live.names.isEmpty else { return try short() }
        let names = try job.names(live.names)
        let printer = LogPrinter(console, namesStreams: names.count > 1)
        var writer = LogWriter(clock: job.showsTimes(console) ? live.clock : nil, sink: printer.write)
        try printer.begin(id: live.id, name: live.name)
        var quiet = 0
        while true {
            // Asked for first: what came before the end is then taken below.
            let isOver = try live.isOver()
            quiet = try live.take(names, to: &writer) ? 0 : quiet + 1
            if quiet == Self.patience, writer.isHolding { try writer.flush() }
            try printer.flush()
            if isOver { break }
            guard hasReaders else { return 0 }
            HostSystem.sleep(milliseconds: Self.pause)
        }
        if let run = live.run() {
            try RunLog(try Inspection(run, context)).write(names, byTime: true, from: live.ends, to: &writer)
        } else {
            try writer.finish()
            noteLost()
        }
        try printer.finish()
        return 0
    }

    /// A launch that was over before it showed anything.
    private func short() throws -> Int32 {
        if let run = live.run() { return try job.show(try RunLog(try Inspection(run, context)), console) }
        if console.isJSON {
            let printer = LogPrinter(console, namesStreams: true)
            try printer.begin(id: live.id, name: live.name)
            try printer.finish()
        }
        noteLost()
        return 0
    }

    private func noteLost() { console.note("the launch is over, and no run of it was kept") }

    /// Whether what is written is still read: who looks only when writing would follow a silent run to its end.
    private var hasReaders: Bool { !job.targets(console).contains(where: HostSystem.hasLostReader) }
}
