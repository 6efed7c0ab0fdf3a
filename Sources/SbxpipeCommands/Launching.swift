import ArtifactStore
import ContentAddressing
import HostFiles
import HostProcess
import JSONText
import PipelineContracts
import SandboxPipeline

/// What exec and run do with a plan.
struct Launching {
    private let context: PipelineContext
    private let planning: PlanningFlags
    private let console: Console

    init(_ context: PipelineContext, _ planning: PlanningFlags, _ console: Console) {
        self.context = context
        self.planning = planning
        self.console = console
    }

    /// Launches, writes the record where `--result` says, and gives the exit code.
    func run(_ target: LaunchTarget) throws -> Int32 { try run(target).code }

    /// The same with the run, where it was kept, and whether nothing of the command's own came of it.
    func run(_ target: LaunchTarget) throws -> (code: Int32, run: Digest?, failed: Bool) {
        ProgressLine.clear()
        let id = Digest.hexText(HostSystem.randomBytes(16))
        console.detail("run \(id) of plan \(target.plan)")
        if ProcessFeatures.hasSubreaper { try Subreaper.enable() }
        let showsProgress = console.showsProgress
        let executor = Executor(context) { if showsProgress { ProgressLine.step("sbxpipe: \($0) …") } }
        let executed = try executor.exec(target, id: id, reuse: planning.launchReuse)
        ProgressLine.clear()
        let record = executed.record
        if let path = planning.result { try ResultFile.write(record, to: path) }
        if let failure = record.failure, failure.domain != .command || record.reason == .failed {
            console.error(failure.message, hint: failure.hint)
        }
        if case .processes(let survivors) = record.survivors {
            console.note("processes that could not be ended: \(survivors.map(String.init).joined(separator: ", "))")
        }
        for note in executed.notes { console.note(note) }
        if let run = executed.run {
            if executed.isCached { console.detail("the launch comes from the cache") }
            console.detail("run \(run) kept, stages/\(target.name)-\(run.short) in \(context.store.location.root)")
        }
        let isOurs = record.failure.map { $0.domain == .sbxpipe || $0.domain == .launcher } ?? false
        return (record.exitCode, executed.run, executed.run == nil || isOurs)
    }
}

/// `--result FILE`.
enum ResultFile {
    /// Writes the record, replacing what is there.
    static func write(_ record: LaunchRecord, to path: String) throws {
        do {
            let file = try OwnedDescriptor.open(path, [.write, .create, .truncate], mode: 0o644)
            try FileContent.write(Array(record.json.pretty().utf8), to: file.number, path: path)
        } catch {
            throw PipelineError("--result: \(error)")
        }
    }

    /// The same where the flags could not be parsed: the file is what follows `--result`, ahead of any `--`.
    static func writeFailure(of arguments: [String], _ message: String) {
        let flags = arguments.prefix { $0 != "--" }
        let joined = flags.last { $0.hasPrefix("--result=") }.map { String($0.dropFirst(9)) }
        let path =
            joined
            ?? flags.firstIndex(of: "--result").flatMap { index in
                flags.index(after: index) < flags.endIndex ? flags[flags.index(after: index)] : nil
            }
        writeFailure(path, message, nil)
    }

    /// A record of a run that never was: it says what kept it.
    static func writeFailure(_ path: String?, _ message: String, _ hint: String?) {
        guard let path else { return }
        let now = HostSystem.timestamp(HostSystem.realTime())
        var record = LaunchRecord(started: now, finished: now)
        record.failure = .init(domain: .sbxpipe, message: message, hint: hint)
        try? write(record, to: path)
    }
}
