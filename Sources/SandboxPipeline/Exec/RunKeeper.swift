import JSONText
import ArtifactStore
import CollectStage
import ContentAddressing
import HostFiles
import PipelineContracts
import PipelineCore

/// Publishes a run: its records first, then its ref, then its folder in `stages/`.
struct RunKeeper {
    let store: Store

    /// Keeps a run and gives its digest; it is listed only when all that it names is there.
    func keep(
        _ record: LaunchRecord,
        _ collection: Collection,
        _ target: LaunchTarget,
        id: String,
        key: LaunchKey?
    ) throws -> (run: Digest, notes: [String]) {
        var files = collection.files
        files[ArtefactKind.launch.file] = try put(.launch, record.json.canonical())
        files[ArtefactKind.captures.file] = try put(.captures, collection.captures.json.canonical())
        let ending = Ending(
            exitCode: record.exitCode,
            // A run that the time limit ended is one by its exit code, whichever signal it took.
            signal: record.reason == .timeout ? nil : record.signal,
            created: record.started,
            isCached: false,
            key: key
        )
        return try publish(files, ending, target, id: id)
    }

    /// Keeps a run of an earlier launch, whose record, captures and outputs these are by file.
    func keep(
        _ files: [String: Descriptor],
        exitCode: Int32,
        created: String,
        _ target: LaunchTarget,
        id: String
    ) throws -> (run: Digest, notes: [String]) {
        let ending = Ending(exitCode: exitCode, signal: nil, created: created, isCached: true, key: nil)
        return try publish(files, ending, target, id: id)
    }

    /// What a run's records say beside its files.
    private struct Ending {
        let exitCode: Int32
        let signal: Int32?
        let created: String
        let isCached: Bool
        /// By which the launch may be served later; nil for never.
        let key: LaunchKey?
    }

    private func publish(
        _ files: [String: Descriptor],
        _ ending: Ending,
        _ target: LaunchTarget,
        id: String
    ) throws -> (run: Digest, notes: [String]) {
        var notes: [String] = []
        let now = HostSystem.realTime()
        let all = Receipt(stage: .collect, files: files)
        let launch = try all.file(.launch)
        let run = RunRecord(
            id: id,
            plan: target.plan,
            launch: launch,
            captures: try all.file(.captures),
            name: target.name,
            parent: target.parent,
            created: ending.created,
            cached: ending.isCached
        )
        let runDescriptor = try put(.run, run.json.canonical())
        var collected = files
        collected[ArtefactKind.launch.file] = nil
        let left = collected
        collected[ArtefactKind.run.file] = runDescriptor
        let receipts = [
            Receipt(stage: .launch, files: [ArtefactKind.launch.file: launch]),
            Receipt(stage: .collect, files: collected),
        ]
        let stored = try receipts.map { try put(.receipt, $0.json.canonical()) }
        let digests = Dictionary(uniqueKeysWithValues: zip(receipts.map(\.stage), stored.map(\.digest)))
        let folders = StageFolders(store)
        let ref = RunRef(
            run: runDescriptor.digest,
            id: id,
            plan: target.plan,
            name: target.name,
            created: ending.created,
            folder: StageFolders.name(target.name, runDescriptor.digest),
            receipts: digests,
            exitCode: ending.exitCode,
            signal: ending.signal,
            bytes: left.reduce(0) { $1.key == ArtefactKind.captures.file ? $0 : $0 + $1.value.size }
        )
        // From here on the run is listed: all that it names is there, and on the disk if that was asked for.
        try store.syncObjects()
        try Catalog(store).add(ref, time: now)
        if let key = ending.key {
            do {
                try LaunchCache(store).remember(key, launch: (receipts[0], stored[0]), collected: left)
            } catch {
                notes.append("the run is kept, but the cache will not serve it: \(error)")
            }
        }
        do {
            _ = try folders.linkRun(target.name, runDescriptor.digest, planFolder: target.folder, receipts: receipts)
        } catch {
            notes.append("the run is kept, but its folder in stages/ could not be made: \(error)")
        }
        // Listing the folder for each run would cost more than the run: one in sixteen does it.
        if ref.run.hex.first == "0" { try? folders.pruneRuns() }
        return (runDescriptor.digest, notes)
    }

    private func put(_ kind: ArtefactKind, _ bytes: [UInt8]) throws -> Descriptor {
        try store.put(bytes, mediaType: kind.mediaType)
    }
}
