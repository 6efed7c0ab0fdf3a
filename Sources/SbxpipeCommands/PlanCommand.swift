import ContentAddressing
import ArtifactStore
import Runtimes
import ArgumentParser
import HostFiles
import HostProcess
import JSONText
import PipelineContracts
import SandboxPipeline

/// `sbxpipe plan`.
struct PlanCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        _superCommandName: "sbxpipe",
        abstract: "Run the stages resolve, env, materialize and archive; launch nothing.",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Flag(name: .long, help: "Print the launcher's command line, shell-quoted, and nothing else.")
    var printCommand = false

    @Flag(name: .long, help: "With --print-command: show the environment and the descriptors as well.")
    var full = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the plan's bundle file too.", valueName: "bundle.sbx"),
        completion: .file(extensions: ["sbx"])
    )
    var output: String?

    @Argument(help: ArgumentHelp("The spec, sandbox.json unless named.", valueName: "spec"), completion: .file())
    var spec: String?

    var job: PlanJob {
        PlanJob(
            global: global.flags(shortVerbose),
            planning: planning.flags,
            printCommand: printCommand,
            full: full,
            output: output,
            spec: spec
        )
    }
}

/// What `sbxpipe plan` was asked to do.
struct PlanJob: ToolJob {
    var global = GlobalFlags()
    var planning: PlanningFlags = PlanningFlags()
    var printCommand: Bool = false
    var full: Bool = false
    var output: String?
    var spec: String?

    static func plain(_ words: [String]) -> PlanJob? { words.count < 2 ? PlanJob(spec: words.first) : nil }

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        if output != nil, printCommand { throw UsageError(message: "-o does not go with --print-command") }
        if planning.reuse { throw UsageError(message: "--reuse is for exec and run: plan launches nothing") }
        if planning.result != nil { throw UsageError(message: "--result is for exec and run: plan launches nothing") }
        if full, !printCommand { throw UsageError(message: "--full goes with --print-command") }
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let (planned, source) = try PlanTarget(context, planning, console).plan(spec)
        if let output {
            let ref = try ReferenceSearch(context).stored(planned.report.plan.description, prefersPlan: true)
            try BundleExport(ref, context).write(to: output, BundleExport.Options())
        }
        ProgressLine.clear()
        guard printCommand else {
            if console.isJSON {
                console.write(planned.report.json)
            } else {
                console.write(PlanTable(planned.report, console).text)
                console.detail("stages/\(planned.folder) in \(context.store.location.root)")
            }
            return 0
        }
        let command = try Executor(context).command(of: LaunchTarget(planned, source: source))
        let view = CommandView(command)
        if full {
            console.isJSON ? console.write(view.fullJSON) : console.write(view.fullText)
        } else {
            console.isJSON
                ? console.write(JSONValue.strings(command.arguments)) : console.write(view.line + "\n")
        }
        return 0
    }
}
