import HostFiles
import SandboxPipeline

/// `logs --follow` of a launch under way.
struct LogFollower {
    private let job: LogsJob
    private let live: LiveLog
    private let context: PipelineContext
    private let console: Console

    init(_ job: LogsJob, _ live: LiveLog, _ context: PipelineContext, _ console: Console) {
        self.job = job
        self.live = live
        self.context = context
        self.console = console
    }

    /// Shows what comes until the launch is over, then what of its run was not shown yet.
    func run() throws -> Int32 {
        let output = LogOutput()
        do {
            while try !live.open() {
                if try live.isOver() { break }
                HostSystem.sleep(milliseconds: 50)
            }
            let names = live.names.isEmpty ? nil : try job.names(live.names)
            var writer = writer(output, namesStreams: (names?.count ?? 2) > 1)
            if let names {
                while true {
                    // Asked for first: what came before the end is then taken below.
                    let isOver = try live.isOver()
                    try live.take(names, to: &writer)
                    try output.flush()
                    if isOver { break }
                    HostSystem.sleep(milliseconds: 50)
                }
            }
            guard let run = try live.run() else {
                try writer.finish()
                try output.flush()
                console.note("the launch is over, and no run of it was kept")
                return 0
            }
            let log = try RunLog(try Inspection(run, context))
            try log.write(try job.names(log.streams), byTime: true, skipping: live.count, to: &writer)
            try output.flush()
        } catch let error as FileError where error.reason == LogOutput.readerIsGone {
            return 0
        }
        return 0
    }

    private func writer(_ output: LogOutput, namesStreams: Bool) -> LogWriter {
        LogWriter(
            clock: job.timestamps ? live.clock : nil,
            namesStreams: namesStreams,
            sink: { stream, bytes in try output.write(bytes, to: stream == "stderr" ? 2 : 1) },
            missed: { text in
                try output.flush()
                console.note(text)
            }
        )
    }
}
