import ArgumentParser
import ContentAddressing
import JSONText
import PipelineCore
import SandboxPipeline

/// `sbxpipe import`.
struct ImportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        _superCommandName: "sbxpipe",
        abstract: "Take the plan or run of a bundle's file into the store.",
        discussion: """
            All of the file is checked before anything is stored: a closed list of names, every digest and size, that its \
            documents fit together. What it brings counts as imported: inspect, cat and logs show it, exec and replay \
            ask what it wants to be allowed. It is the newest of the store from then on.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Flag(name: .long, help: "Sync to disk before a result is acknowledged.")
    var durable = false

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file"), completion: .file(extensions: ["sbx"]))
    var file: String

    var job: ImportJob { ImportJob(global: global.flags(shortVerbose), durable: durable, file: file) }
}

/// What `sbxpipe import` was asked to do.
struct ImportJob: ToolJob {
    var global = GlobalFlags()
    var durable = false
    var file: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store).writing(durably: durable)
        for note in context.notes { console.note(note) }
        let imported = try BundleImport(context).take(file)
        let (kind, digest, name, isImported): (String, Digest, String, Bool)
        switch imported {
        case .plan(let ref): (kind, digest, name, isImported) = ("plan", ref.plan, ref.name, ref.isImported)
        case .run(let ref): (kind, digest, name, isImported) = ("run", ref.run, ref.name, ref.isImported)
        default: return 2
        }
        if console.isJSON {
            console.write([
                "schema": "sbxpipe.import/v1",
                "kind": .string(kind),
                "digest": .string(digest.description),
                "name": .string(name),
                "imported": .bool(isImported),
            ])
        } else {
            console.write("\(kind) \(name)  \(digest)\(isImported ? "" : "  (your own)")\n")
        }
        return 0
    }
}
