import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore

extension Executor {
    /// The key of a plan's launch by this runtime; nil where no such launch is ever served.
    func key(of target: LaunchTarget, _ archive: PlanArchive) throws -> LaunchKey? {
        // A plan of somebody else's may bind another sandbox than its description says.
        guard target.isOwn, ReuseRules.objection(to: archive) == nil else { return nil }
        let kernel = HostSystem.kernel()
        let runtime = LaunchKey.LaunchRuntime(
            try runtime(of: target, archive.binding),
            kernel: kernel.release,
            machine: kernel.machine
        )
        return LaunchKey(
            target.launched,
            runtime,
            stdin: archive.description.stdin,
            hostSources: archive.binding.hostSources,
            secrets: try archive.secretKey(context.secretReader, context.store)
        )
    }

    /// Makes a run of an earlier launch, if there is one of the same key; nil where the command has to be launched.
    ///
    /// - Throws: ``PipelineError`` when the plan allows no reuse; ``CacheMiss`` where a miss is to be one.
    func reuse(
        _ reuse: LaunchReuse,
        _ target: LaunchTarget,
        _ archive: PlanArchive,
        _ id: String
    ) throws -> Executed? {
        if let (message, hint) = ReuseRules.objection(to: archive) {
            throw PipelineError("--reuse: \(message)", hint: hint)
        }
        let started = HostSystem.realTime()
        var found: [String: Descriptor]?
        if reuse.looksUp, let key = try key(of: target, archive) { found = try LaunchCache(context.store).lookUp(key) }
        context.store.lease?.count(StageName.launch.rawValue, hit: found != nil)
        guard let found else {
            if reuse.failsOnMiss { throw CacheMiss(stage: .launch) }
            return nil
        }
        return try serve(found, target, id, started: started)
    }

    private func serve(
        _ files: [String: Descriptor],
        _ target: LaunchTarget,
        _ id: String,
        started: Int64
    ) throws -> Executed {
        let store = context.store
        let receipt = Receipt(stage: .launch, files: files)
        let record = try LaunchRecord(try Documents.read(try receipt.file(.launch).digest, from: store))
        let captures = try Documents.read(try receipt.file(.captures).digest, from: store)
        let lost = try CapturedReplay(files, captures, store, caller).run()
        var (run, notes) = try RunKeeper(store: store).keep(
            files,
            exitCode: record.exitCode,
            created: HostSystem.timestamp(started),
            target,
            id: id
        )
        notes += lost
        return Executed(record: record, run: run, id: id, isCached: true, notes: notes)
    }
}
