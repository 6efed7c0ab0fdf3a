import ArgumentParser
import HostFiles
import HostProcess
import PipelineContracts
import Runtimes
import SandboxPipeline

/// `sbxpipe export`.
struct ExportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        _superCommandName: "sbxpipe",
        abstract: "Write a plan as a folder that plain runc and crun run.",
        discussion: """
            sbxpipe export REF --as runc DIR binds the spec of REF to this host for runc and writes config.json and what \
            belongs to it into DIR, which must not be there yet. Its mounts are this host's own files: the folder is for \
            this machine. `runc run --bundle DIR NAME` runs it. Values of secrets are not in it: what to fill in is said.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Option(name: .customLong("as"), help: ArgumentHelp("What to write: runc.", valueName: "format"))
    var format: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the bundle file (comes later).", valueName: "file"),
        completion: .file(extensions: ["sbx"])
    )
    var output: String?

    @Argument(help: ArgumentHelp("A spec, a plan or a run.", valueName: "ref"), completion: .file())
    var reference: String

    @Argument(help: ArgumentHelp("The folder to make.", valueName: "dir"), completion: .directory)
    var folder: String?

    var job: ExportJob {
        ExportJob(
            global: global.flags(shortVerbose),
            planning: planning.flags,
            format: format,
            output: output,
            reference: reference,
            folder: folder
        )
    }
}

/// What `sbxpipe export` was asked to do.
struct ExportJob: ToolJob {
    var global = GlobalFlags()
    var planning = PlanningFlags()
    var format: String?
    var output: String?
    var reference: String
    var folder: String?

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        if output != nil { throw UsageError(message: "-o: bundle files are not part of this version yet") }
        guard let format, let folder else {
            throw UsageError(message: "export takes --as runc and a folder", hint: "sbxpipe export REF --as runc DIR")
        }
        guard format == "runc" else {
            throw UsageError(
                message: "--as: there is no format \"\(Printable.escaped(format))\"",
                hint: "there is runc"
            )
        }
        if let runtime = planning.runtime, runtime != "runc" {
            throw UsageError(message: "--runtime: a folder for runc is bound to runtime \"runc\"")
        }
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let place = AbsolutePath.normalised(
            AbsolutePath.isAbsolute(folder) ? folder : AbsolutePath.join(context.workingFolder, folder)
        )
        guard try FileStatus.of(place) == nil else {
            throw PipelineError(
                "\(Printable.escaped(folder)) is there already",
                hint: "name a folder that is to be made"
            )
        }
        var planning = planning
        planning.runtime = "runc"
        let (planned, source) = try PlanTarget(context, planning, console).plan(reference)
        ProgressLine.clear()
        let lacking = try Executor(context).writeBundle(of: LaunchTarget(planned, source: source), to: place)
        for note in lacking { console.note(note) }
        console.detail("\(place) is a bundle of plan \(planned.report.plan)")
        return 0
    }
}
