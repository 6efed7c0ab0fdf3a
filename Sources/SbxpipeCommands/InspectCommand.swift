import ContentAddressing
import ArgumentParser
import HostFiles
import JSONText
import PipelineContracts
import SandboxPipeline

/// `sbxpipe inspect`.
struct InspectCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        _superCommandName: "sbxpipe",
        abstract: "Show the stages of a plan or run, or what one of them wrote.",
        usage: "sbxpipe inspect [<ref>] [<stage>]",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp("A plan or run: last, a name, a digest, a bundle's file.", valueName: "ref"),
        completion: .reference
    )
    var ref: String = "last"

    @Argument(
        help: ArgumentHelp("A stage, as launch, or one of its files, as launch/result.json.", valueName: "stage"),
        completion: .words(StageName.self)
    )
    var stage: String?

    var job: InspectJob {
        InspectJob(
            global: global.flags(shortVerbose),
            ref: ref,
            stage: stage
        )
    }
}

/// What `sbxpipe inspect` was asked to do.
struct InspectJob: ToolJob {
    var global = GlobalFlags()
    var ref: String = "last"
    var stage: String?

    static func plain(_ words: [String]) -> InspectJob? {
        words.count < 3 ? InspectJob(ref: words.first ?? "last", stage: words.dropFirst().first) : nil
    }

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let inspection = try Inspection(named: ref, context)
        guard let stage else {
            console.isJSON ? console.write(inspection.json) : console.write(overview(inspection))
            return 0
        }
        if stage.contains("/") {
            let bytes = try inspection.bytes(stage)
            if !console.isJSON, let document = try? JSONParser.parse(bytes) {
                console.write(document.pretty())
            } else {
                console.write(bytes)
            }
            return 0
        }
        let receipt = try inspection.stage(stage)
        var documents: [String: JSONValue] = [:]
        for (name, descriptor) in receipt.files where descriptor.mediaType.hasSuffix("+json") {
            documents[name] = try JSONParser.parse(try inspection.bytes("\(receipt.stage.rawValue)/\(name)"))
        }
        if console.isJSON {
            console.write(["schema": "sbxpipe.inspect-stage/v1", "stage": .string(stage), "files": .object(documents)])
        } else {
            for (name, descriptor) in receipt.files.sorted(by: { $0.key < $1.key }) {
                console.write("--- \(receipt.stage.folder)/\(name)  \(descriptor.digest)  \(descriptor.size) bytes\n")
                if let document = documents[name] { console.write(document.pretty()) }
            }
        }
        return 0
    }

    private func overview(_ inspection: Inspection) -> String {
        var lines = ["\(inspection.kind.rawValue) \(inspection.name)  \(inspection.digest)  \(inspection.created)"]
        if inspection.isImported { lines.append("imported: not made by you on this machine") }
        if inspection.kind == .run {
            if let launch = try? JSONParser.parse(try inspection.bytes("launch/result.json")) {
                let code = launch["exitCode"]?.integerValue ?? -1
                let wall = Int(((launch["wall"]?.numberValue ?? 0) * 1000).rounded())
                let failure = launch["failure"]?["message"]?.stringValue
                let reason = failure ?? launch["reason"]?.stringValue ?? ""
                lines.append("exit \(code) (\(Printable.escaped(reason))) after \(wall) ms")
            }
            lines.append("plan \(inspection.plan)")
        }
        for stage in inspection.stages {
            let files = stage.receipt.files.sorted { $0.key < $1.key }
            lines.append("\(stage.receipt.stage.number) \(stage.receipt.stage.rawValue)  \(stage.digest)")
            for (name, descriptor) in files {
                let padded = name + String(repeating: " ", count: max(1, 18 - name.count))
                lines.append("    \(padded)\(descriptor.digest)  \(descriptor.size)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
