import ArgumentParser
import SandboxPipeline

/// `sbxpipe push`.
struct PushCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        _superCommandName: "sbxpipe",
        abstract: "Push a plan or run to an OCI registry.",
        discussion: """
            skopeo does it, with its own credentials (skopeo login) and configuration; digests stay what they are. What is \
            pushed is the image that sbxpipe export REF -o FILE writes.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Option(
        name: .long,
        help: ArgumentHelp("Compress layers, by none, gzip or zstd (none).", valueName: "kind"),
        completion: .list(["none", "gzip", "zstd"])
    )
    var compress: String?

    @Flag(name: .long, help: "Push captures in which a secret's value was found, too.")
    var allowSecrets = false

    @Argument(help: ArgumentHelp("A plan or run.", valueName: "ref"), completion: .reference)
    var ref: String

    @Argument(help: ArgumentHelp("Where to, as host/name:tag.", valueName: "image"))
    var image: String

    var job: PushJob {
        PushJob(
            global: global.flags(shortVerbose),
            compress: compress,
            allowSecrets: allowSecrets,
            ref: ref,
            image: image
        )
    }
}

/// What `sbxpipe push` was asked to do.
struct PushJob: ToolJob {
    var global = GlobalFlags()
    var compress: String?
    var allowSecrets = false
    var ref: String
    var image: String

    func perform(_ console: Console) throws -> Int32 {
        var options = BundleExport.Options()
        options.compression = try BundleFlags.compression(compress)
        options.allowsSecrets = allowSecrets
        let context = try PipelineContext(storeNamed: global.store).writing()
        for note in context.notes { console.note(note) }
        let found = try ReferenceSearch(context).find(ref, prefersPlan: false)
        try RegistryTransfer(context).push(found, to: image, options)
        console.detail("\(image) is pushed")
        return 0
    }
}
