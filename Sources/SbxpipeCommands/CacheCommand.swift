import ArtifactStore
import ArgumentParser
import HostProcess
import JSONText
import SandboxPipeline
import SandboxSpec

/// `sbxpipe cache`.
struct CacheCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        _superCommandName: "sbxpipe",
        abstract: "Look after the store: stats, verify, gc, path.",
        discussion: """
            stats shows its size and how often stages hit; verify hashes every object again and reads every record, and \
            exits 1 when something is damaged; gc deletes what no name, no running launch and no run younger than \
            --keep-days needs, but nothing younger than an hour; path prints where it is.
            """,
        version: SbxpipeVersion.line
    )

    enum Action: String, ExpressibleByArgument, CaseIterable { case stats, verify, gc, path }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Option(name: .long, help: ArgumentHelp("gc: runs younger than this stay (30).", valueName: "days"))
    var keepDays: Int?

    @Option(name: .long, help: ArgumentHelp("gc: older runs go until objects take no more, as 2G.", valueName: "size"))
    var maxSize: String?

    @Flag(name: .long, help: "gc: say what would be deleted, and delete nothing.")
    var dryRun = false

    @Argument(help: "stats, verify, gc or path.")
    var action: Action

    var job: CacheJob {
        CacheJob(
            global: global.flags(shortVerbose),
            action: action,
            keepDays: keepDays,
            maxSize: maxSize,
            dryRun: dryRun
        )
    }
}

/// What `sbxpipe cache` was asked to do.
struct CacheJob: ToolJob {
    var global = GlobalFlags()
    var action: CacheCommand.Action
    var keepDays: Int?
    var maxSize: String?
    var dryRun = false

    func perform(_ console: Console) throws -> Int32 {
        guard action == .gc || (keepDays == nil && maxSize == nil && !dryRun) else {
            throw UsageError(message: "--keep-days, --max-size and --dry-run are flags of cache gc")
        }
        let context = try PipelineContext(storeNamed: global.store)
        let progress: (String) -> Void = { if console.showsProgress { ProgressLine.step("sbxpipe: \($0) …") } }
        switch action {
        case .path: path(context, console)
        case .stats: CacheReport(console).write(try StoreStatistics(context), context)
        case .verify:
            for note in context.notes { console.note(note) }
            var verification = Verification(context, progress: progress)
            let found = try verification.run()
            ProgressLine.clear()
            CacheReport(console).write(found)
            return found.isClean ? 0 : 1
        case .gc:
            let rules = try rules()
            let writing = try context.writing()
            for note in writing.notes { console.note(note) }
            let garbage = try GarbageCollection(writing, rules, progress: progress).run()
            ProgressLine.clear()
            CacheReport(console).write(garbage)
        }
        return 0
    }

    private func path(_ context: PipelineContext, _ console: Console) {
        for note in context.notes { console.note(note) }
        let root = context.store.location.root
        if console.isJSON {
            console.write(["schema": "sbxpipe.cache-path/v1", "path": .string(root)])
        } else {
            console.write(root + "\n")
        }
    }

    private func rules() throws -> GarbageCollection.Rules {
        var rules = GarbageCollection.Rules()
        rules.isDryRun = dryRun
        if let keepDays {
            guard (0...36_500).contains(keepDays) else { throw UsageError(message: "--keep-days: expected 0 to 36500") }
            rules.keepDays = keepDays
        }
        if let maxSize {
            guard let size = ByteSize(.string(maxSize)) else {
                throw UsageError(message: "--max-size: expected a size as 512M or 2G")
            }
            rules.maxSize = size.bytes
        }
        return rules
    }
}
