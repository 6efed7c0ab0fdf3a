import PipelineContracts
import ArgumentParser
import HostProcess
import SandboxPipeline

/// `sbxpipe why`.
struct WhyCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        _superCommandName: "sbxpipe",
        abstract: "Say for each stage whether it would hit, and if not, what changed.",
        discussion: """
            A spec is compared with the newest plan of its name, a plan or run with itself as it was planned. Nothing is \
            stored. Exits 1 when a stage before the launch would have to run, or the launch where the spec's cache lets --reuse \
            serve it.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Option(name: .long, help: "As for plan.")
    var runtime: String?

    @Option(name: .long, help: ArgumentHelp("Set a field of the spec; repeatable.", valueName: "path=value"))
    var set: [String] = []

    @Option(name: .long, help: ArgumentHelp("As for plan; repeatable.", valueName: "control"))
    var allowDegraded: [String] = []

    @Argument(help: ArgumentHelp("A spec, plan or run; sandbox.json here unless named.", valueName: "ref"))
    var ref: String = "sandbox.json"

    var job: WhyJob {
        var planning = PlanningFlags()
        planning.runtime = runtime
        planning.set = set
        planning.allowDegraded = allowDegraded
        return WhyJob(global: global.flags(shortVerbose), planning: planning, ref: ref)
    }
}

/// What `sbxpipe why` was asked to do.
struct WhyJob: ToolJob {
    var global = GlobalFlags()
    var planning = PlanningFlags()
    var ref: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let (source, plan) = try PlanTarget(context, planning, console).explained(ref)
        let options = planning.planOptions(console)
        let explanation = try Explanation(source, comparedWith: plan, context, options)
        ProgressLine.clear()
        if console.isJSON { console.write(explanation.json) } else { console.write(WhyText(explanation).text) }
        return explanation.isHit ? 0 : 1
    }
}
