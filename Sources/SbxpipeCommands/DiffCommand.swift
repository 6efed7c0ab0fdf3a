import ArgumentParser
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import SandboxPipeline

/// `sbxpipe diff`.
struct DiffCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        _superCommandName: "sbxpipe",
        abstract: "Compare two plans or runs: stage by stage, field by field, file by file.",
        discussion: "Exit code 1 when they differ, 0 when not.",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp("A plan or run: last~1, a name, a digest, a bundle's file.", valueName: "ref"),
        completion: .reference
    )
    var left: String

    @Argument(help: ArgumentHelp("Another.", valueName: "ref"), completion: .reference)
    var right: String

    var job: DiffJob { DiffJob(global: global.flags(shortVerbose), left: left, right: right) }
}

/// What `sbxpipe diff` was asked to do.
struct DiffJob: ToolJob {
    var global = GlobalFlags()
    var left: String
    var right: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let (before, after) = (try Inspection(named: left, context), try Inspection(named: right, context))
        let differences = try Comparison(before, after).differences
        if console.isJSON {
            console.write([
                "schema": "sbxpipe.diff/v1",
                "left": .string(before.digest.description),
                "right": .string(after.digest.description),
                "differences": .array(differences.map(\.json)),
            ])
        } else {
            console.write(Self.text(differences))
        }
        return differences.isEmpty ? 0 : 1
    }

    private static func text(_ differences: [Difference]) -> String {
        var text = ""
        var stage: StageName?
        for difference in differences {
            if difference.stage != stage {
                stage = difference.stage
                text += "\(difference.stage.number) \(difference.stage.rawValue)\n"
            }
            let place = difference.place.map { ": \(Printable.escaped($0))" } ?? ""
            text +=
                "    \(Printable.escaped(difference.file))\(place): \(shown(difference.old)) -> \(shown(difference.new))\n"
        }
        return text
    }

    private static func shown(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        let text = value.canonicalText
        return Printable.escaped(text.utf8.count <= 160 ? text : String(text.prefix(157)) + "...")
    }
}
