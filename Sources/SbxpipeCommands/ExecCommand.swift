import ArgumentParser
import SandboxPipeline

/// `sbxpipe exec`.
struct ExecCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        _superCommandName: "sbxpipe",
        abstract: "Launch a plan and collect its captures.",
        discussion: """
            REF is a spec file, a plan's name or digest, or a run, whose plan is launched; without one, the newest plan. \
            The command's stdout and stderr stream through, and its exit code is the exit code; 125 is sbxpipe's own.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Argument(help: ArgumentHelp("A spec, plan or run.", valueName: "ref"), completion: .file())
    var ref: String?

    var job: ExecJob {
        ExecJob(
            global: global.flags(shortVerbose),
            planning: planning.flags,
            ref: ref
        )
    }
}

/// What `sbxpipe exec` was asked to do.
struct ExecJob: ToolJob {
    static let failureCode: Int32 = 125
    static let usageCode: Int32 = 125

    var global = GlobalFlags()
    var planning: PlanningFlags = PlanningFlags()
    var ref: String?

    static let plainFlags = ["--reuse"]

    static func plain(_ words: [String]) -> ExecJob? {
        var planning = PlanningFlags()
        planning.reuse = words.contains("--reuse")
        let names = words.filter { $0 != "--reuse" }
        return names.count < 2 ? ExecJob(planning: planning, ref: names.first) : nil
    }

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let target = try PlanTarget(context, planning, console).launchTarget(ref)
        return try Launching(context, planning, console).run(target)
    }

    static func unparsable(_ arguments: [String], _ message: String) {
        ResultFile.writeFailure(of: arguments, message)
    }

    func failed(_ message: String, hint: String?) { ResultFile.writeFailure(planning.result, message, hint) }
}
