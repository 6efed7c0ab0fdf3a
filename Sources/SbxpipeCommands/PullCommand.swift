import ArgumentParser
import SandboxPipeline

/// `sbxpipe pull`.
struct PullCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        _superCommandName: "sbxpipe",
        abstract: "Take a plan or run from an OCI registry into the store.",
        discussion: """
            skopeo gets it, with its own credentials (skopeo login) and configuration; then it is checked as import checks a \
            file, and counts as imported.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(help: ArgumentHelp("From where, as host/name:tag.", valueName: "image"))
    var image: String

    var job: PullJob { PullJob(global: global.flags(shortVerbose), image: image) }
}

/// What `sbxpipe pull` was asked to do.
struct PullJob: ToolJob {
    var global = GlobalFlags()
    var image: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store).writing()
        for note in context.notes { console.note(note) }
        ImportReport(try RegistryTransfer(context).pull(image)).print(console)
        return 0
    }
}
