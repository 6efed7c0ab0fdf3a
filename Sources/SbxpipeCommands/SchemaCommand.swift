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
        abstract: "Print a JSON Schema: of the spec, or of a stage's artefacts."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp(
            "spec, resolve, env, materialize, archive, launch, collect, or STAGE/FILE.",
            valueName: "word"
        )
    )
    var word: String = "spec"

    var isVerbose: Bool { global.verbose || shortVerbose.isSet }

    func perform(_ console: Console) throws -> Int32 {
        console.write(try document())
        return 0
    }

    private func document() throws -> JSONValue {
        if word == "spec" { return SpecShape.schema() }
        let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
        guard let stage = StageName.allCases.first(where: { [$0.rawValue, $0.folder].contains(parts.first ?? "") }) else {
            let known = (["spec"] + StageName.allCases.map(\.rawValue)).joined(separator: ", ")
            throw UsageError(message: "there is no schema \"\(word)\"", hint: "there are \(known)")
        }
        guard parts.count == 2 else { return ArtefactShapes.document(for: stage) }
        let kind = ArtefactKind.all.first { $0.stage == stage && $0.file == parts[1] }
        guard let kind, let document = ArtefactShapes.document(for: kind) else {
            throw UsageError(message: "stage \(stage.rawValue) has no document \"\(parts[1])\"")
        }
        return document
    }
}
