import PipelineCore
import ArgumentParser
import SandboxPipeline

/// `sbxpipe rm`.
struct RemoveCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        _superCommandName: "sbxpipe",
        abstract: "Forget plans and runs; cache gc deletes what nothing else needs.",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(help: ArgumentHelp("A plan or run: last, a name, a digest.", valueName: "ref"))
    var refs: [String]

    var job: RemoveJob { RemoveJob(global: global.flags(shortVerbose), refs: refs) }
}

/// What `sbxpipe rm` was asked to do.
struct RemoveJob: ToolJob {
    var global = GlobalFlags()
    var refs: [String]

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store).writing()
        for note in context.notes { console.note(note) }
        let search = ReferenceSearch(context)
        // All are found before the first goes: last means the same for each.
        let found = try refs.map { text in
            if let running = try search.running(text), running.id.hasPrefix(text) {
                throw PipelineError("run \(text) is under way", hint: "sbxpipe stop \(text) ends it")
            }
            return try search.find(text, prefersPlan: false)
        }
        for reference in found {
            try Removal(context).remove(reference)
            switch reference {
            case .run(let ref): console.detail("run \(ref.run) is forgotten")
            case .plan(let ref): console.detail("plan \(ref.plan) is forgotten")
            case .damaged(let record): console.detail("\(record.kind.rawValue) \(record.digest) is forgotten")
            case .spec, .bundle: break
            }
        }
        return 0
    }
}
