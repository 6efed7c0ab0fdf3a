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
        ImportReport(try BundleImport(context).take(file)).print(console)
        return 0
    }
}

/// What import and pull print.
struct ImportReport {
    private let kind: String
    private let digest: Digest
    private let name: String
    private let isImported: Bool

    /// Of what was just imported.
    init(_ reference: Reference) {
        switch reference {
        case .run(let ref): (kind, digest, name, isImported) = ("run", ref.run, ref.name, ref.isImported)
        case .plan(let ref): (kind, digest, name, isImported) = ("plan", ref.plan, ref.name, ref.isImported)
        case .spec(let text), .bundle(let text):
            (kind, digest, name, isImported) = ("file", Digest.of([]), text, true)
        case .damaged(let record):
            (kind, digest, name, isImported) = (record.kind.rawValue, record.digest, "", true)
        }
    }

    func print(_ console: Console) {
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
    }
}
