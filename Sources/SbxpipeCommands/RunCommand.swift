import ArgumentParser
import HostFiles
import JSONText
import SandboxPipeline
import SandboxSpec

/// `sbxpipe run`.
struct RunCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        _superCommandName: "sbxpipe",
        abstract: "Plan and launch a command given here, without a spec file.",
        usage: "sbxpipe run [<options>] -- <cmd> [<arg> ...]",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var planning: PlanningOptions
    @OptionGroup var sandbox: SandboxOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Write the spec that the flags stand for, and go on.", valueName: "file"),
        completion: .file()
    )
    var saveSpec: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "cmd"))
    var command: [String] = []

    var job: RunJob {
        RunJob(
            global: global.flags(),
            planning: planning.flags,
            sandbox: sandbox,
            saveSpec: saveSpec,
            command: command
        )
    }
}

/// What `sbxpipe run` was asked to do.
struct RunJob: ToolJob {
    static let failureCode: Int32 = 125
    static let usageCode: Int32 = 125

    var global = GlobalFlags()
    var planning: PlanningFlags
    var sandbox: SandboxOptions
    var saveSpec: String?
    var command: [String]

    func perform(_ console: Console) throws -> Int32 {
        guard !command.isEmpty else {
            throw UsageError(message: "run: no command", hint: "sbxpipe run [FLAGS] -- CMD [ARG...]")
        }
        try planning.refuseUnsupported()
        guard planning.allow.isEmpty else {
            throw UsageError(message: "--allow is for plans that came from elsewhere; run makes one of your own")
        }
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let json: JSONValue
        do {
            let flags = try sandbox.flags(command)
            json = try flags.json(variable: HostSystem.variable)
        } catch let error as SpecError {
            throw PipelineError(error, source: "run")
        }
        var source = try SpecSource.flags(json, shared: planning.shared, workingFolder: context.workingFolder)
        if let saveSpec {
            source = source.movable(to: saveSpec, workingFolder: context.workingFolder)
            try save(source.spec, to: saveSpec)
        }
        let planned = try PlanTarget(context, planning, console).plan(source)
        return try Launching(context, planning, console).run(LaunchTarget(planned, source: source))
    }

    static func unparsable(_ arguments: [String], _ message: String) {
        ResultFile.writeFailure(of: arguments, message)
    }

    func failed(_ message: String, hint: String?) { ResultFile.writeFailure(planning.result, message, hint) }

    /// Never overwrites: a spec may be somebody's work.
    private func save(_ spec: Spec, to path: String) throws {
        do {
            let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive], mode: 0o644)
            try FileContent.write(Array(spec.json.pretty().utf8), to: file.number, path: path)
        } catch {
            throw PipelineError("--save-spec: \(error)", hint: "name a file that does not exist yet")
        }
    }
}
