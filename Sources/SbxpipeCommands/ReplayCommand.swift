import ArgumentParser
import ContentAddressing
import PipelineContracts
import PipelineCore
import SandboxPipeline
import SandboxSpec

/// `sbxpipe replay`.
struct ReplayCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        _superCommandName: "sbxpipe",
        abstract: "Run a run, or a bundle's, again.",
        usage: "sbxpipe replay [<options>] <ref> [-- <cmd> [<arg> ...]]",
        discussion: """
            The plan is bound anew to this host: command, environment and snapshots are what they were, and stderr says \
            what differs (helper, version, uid, fields of the binding) and what is enforced more weakly. With --exact the \
            archived binding is launched. Another command, or a flag that changes the spec, makes another plan. --check \
            compares exit status, captures and outputs with the run's: exit code 0 when all are reproduced, 1 when not.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Flag(name: .long, help: "Compare with the recorded run; exit code 1 when they differ.")
    var check = false

    @Flag(name: .long, help: "Launch the archived binding as it is.")
    var exact = false

    @Option(name: .long, help: ArgumentHelp("Run it so often.", valueName: "n"))
    var times = 1

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --check: leave out of a stream what matches, a POSIX extended regular expression; repeatable.",
            valueName: "stream=regex"
        )
    )
    var mask: [String] = []

    @Flag(name: .long, help: "Fail with 125 when something is enforced more weakly than before.")
    var failIfWeaker = false

    @Argument(help: ArgumentHelp("A run, a plan or a bundle's file.", valueName: "ref"), completion: .reference)
    var ref: String

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Another command, behind --.", valueName: "cmd")
    )
    var command: [String] = []

    var job: ReplayJob {
        ReplayJob(
            global: global.flags(shortVerbose),
            planning: planning.flags,
            checks: check,
            isExact: exact,
            times: times,
            masks: mask,
            failsIfWeaker: failIfWeaker,
            ref: ref,
            command: command
        )
    }
}

/// What `sbxpipe replay` was asked to do.
struct ReplayJob: ToolJob {
    static let failureCode: Int32 = 125
    static let usageCode: Int32 = 125

    var global = GlobalFlags()
    var planning = PlanningFlags()
    var checks = false
    var isExact = false
    var times = 1
    var masks: [String] = []
    var failsIfWeaker = false
    var ref: String
    var command: [String] = []

    private var changesSpec: Bool { !planning.shared.isEmpty || !command.isEmpty }

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        guard times >= 1 else { throw UsageError(message: "--times: expected 1 or more") }
        guard checks || masks.isEmpty else { throw UsageError(message: "--mask goes with --check") }
        if isExact, changesSpec || failsIfWeaker {
            throw UsageError(message: "--exact launches the archived plan: it goes with nothing that changes it")
        }
        if checks, planning.reuse { throw UsageError(message: "--reuse does not go with --check") }
        let patterns = try ReplayMasks(masks)
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let replay = try Replay(try PlanTarget(context, planning, console).find(ref, prefersPlan: false), context)
        if checks, replay.run == nil {
            throw PipelineError("\(ref) is a plan: it has no run to compare with", hint: "name a run")
        }
        var target = try isExact ? exact(replay, context, console) : bound(replay, context, console)
        target.parent = replay.digest
        var outcome = ReplayOutcome(console)
        for turn in 1...times {
            let (code, run, failed) = try Launching(context, planning, console).run(target)
            if !checks || failed {
                outcome.add(code, isFailure: failed)
            } else if let run, let recorded = replay.run?.run {
                outcome.add(try ReplayComparison(recorded, run, patterns, context).differences, turn: turn, of: times)
            }
        }
        return outcome.code
    }

    private func exact(_ replay: Replay, _ context: PipelineContext, _ console: Console) throws -> LaunchTarget {
        try PlanTarget(context, planning, console).allowed(replay.plan)
        return try LaunchTarget(replay.plan, store: context.store)
    }

    private func bound(_ replay: Replay, _ context: PipelineContext, _ console: Console) throws -> LaunchTarget {
        let target = PlanTarget(context, planning, console)
        let source = try replay.source(planning.shared, command: command, context)
        try target.allowed(replay.plan, replannedFrom: source, changing: changesSpec)
        let planned = try target.plan(source)
        if planned.report.plan != replay.plan.plan {
            if changesSpec { console.note("flags make a new plan, \(planned.report.plan)") }
            let difference = try BindingDifference(of: replay.plan, run: replay.run, to: planned, context)
            if !changesSpec { for line in difference.lines { console.note("differs: \(line)") } }
            for line in difference.weaker { console.note("weaker: \(line)") }
            if failsIfWeaker, let first = difference.weaker.first {
                throw PipelineError("enforced more weakly than before: \(first)", code: .notEnforced)
            }
        }
        return LaunchTarget(planned, source: source)
    }

    static func unparsable(_ arguments: [String], _ message: String) {
        ResultFile.writeFailure(of: arguments, message)
    }

    func failed(_ message: String, hint: String?) { ResultFile.writeFailure(planning.result, message, hint) }
}

/// What came of one or more replays.
private struct ReplayOutcome {
    private let console: Console
    private(set) var code: Int32 = 0

    init(_ console: Console) { self.console = console }

    /// A run that is not compared; one that sbxpipe failed at counts before any comparison.
    mutating func add(_ code: Int32, isFailure: Bool) {
        if isFailure || self.code == 0 { self.code = code }
    }

    mutating func add(_ differences: [String], turn: Int, of times: Int) {
        let which = times == 1 ? "" : " (\(turn) of \(times))"
        if differences.isEmpty { console.note("reproduced\(which)") }
        for difference in differences { console.say("different\(which): \(difference)") }
        if !differences.isEmpty, code == 0 { code = 1 }
    }
}
