import ArgumentParser
import JSONText
import PipelineContracts
import SandboxPipeline
import SandboxSpec

/// `sbxpipe schema`.
struct SchemaCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        _superCommandName: "sbxpipe",
        abstract: "Print a JSON Schema: of the spec, or of what a stage writes.",
        usage: "sbxpipe schema [<word>]",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp(
            "spec, resolve, env, materialize, archive, launch, collect, STAGE/FILE, stage, bundle or plan-report.",
            valueName: "word"
        ),
        completion: .list(["spec"] + ArtefactShapes.words)
    )
    var word: String = "spec"

    var job: SchemaJob {
        SchemaJob(
            global: global.flags(shortVerbose),
            word: word
        )
    }
}

/// What `sbxpipe schema` was asked to do.
struct SchemaJob: ToolJob {
    var global = GlobalFlags()
    var word: String

    func perform(_ console: Console) throws -> Int32 {
        console.write(try document())
        return 0
    }

    private func document() throws -> JSONValue {
        if word == "spec" || word == "archive/spec.json" { return SpecShape.schema() }
        guard let document = ArtefactShapes.document(named: word) else {
            let known = (["spec"] + ArtefactShapes.words).joined(separator: ", ")
            throw UsageError(message: "there is no schema \"\(word)\"", hint: "there are \(known)")
        }
        return document
    }
}
