import ArgumentParser
import HostFiles
import SandboxPipeline

/// `sbxpipe cat`.
struct CatCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        _superCommandName: "sbxpipe",
        abstract: "Print one file of a plan or run.",
        usage: "sbxpipe cat <ref> <path>",
        discussion: """
            The bytes are printed as they are. --json therefore takes only what is one JSON document: the stages' files \
            that end in .json.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp("A plan or run: last, a name, a digest.", valueName: "ref"),
        completion: .reference
    )
    var ref: String

    @Argument(
        help: ArgumentHelp(
            "STAGE/FILE, as 6-collect/stdout; of the outputs, 6-collect/outputs.tar/PATH.",
            valueName: "path"
        ),
        completion: .stageFile
    )
    var path: String

    var job: CatJob {
        CatJob(
            global: global.flags(shortVerbose),
            ref: ref,
            path: path
        )
    }
}

/// What `sbxpipe cat` was asked to do.
struct CatJob: ToolJob {
    var global = GlobalFlags()
    var ref: String
    var path: String

    func perform(_ console: Console) throws -> Int32 {
        if console.isJSON, !isDocument {
            throw UsageError(
                message: "--json: \(path) is not one JSON document, and cat prints bytes as they are",
                hint: "leave out --json"
            )
        }
        let context = try PipelineContext(storeNamed: global.store)
        let inspection = try Inspection(try ReferenceSearch(context).find(ref, prefersPlan: false), context)
        try inspection.stream(path) { console.write(Array($0)) }
        return 0
    }

    /// Whether it is a stage's own JSON file; what a command left in outputs.tar may be anything.
    private var isDocument: Bool { path.hasSuffix(".json") && path.utf8.count { $0 == UInt8(ascii: "/") } == 1 }
}
