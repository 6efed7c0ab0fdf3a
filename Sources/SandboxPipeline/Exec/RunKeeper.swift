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
        id: String
    ) throws -> (run: Digest, notes: [String]) {
        var notes: [String] = []
        let now = HostSystem.realTime()
        let launch = try put(.launch, record.json.canonical())
        let captures = try put(.captures, collection.captures.json.canonical())
        let run = RunRecord(
            id: id,
            plan: target.plan,
            launch: launch,
            captures: captures,
            name: target.name,
            created: record.started
        )
        let runDescriptor = try put(.run, run.json.canonical())
        var collected = collection.files
        collected[ArtefactKind.captures.file] = captures
        collected[ArtefactKind.run.file] = runDescriptor
        let receipts = [
            Receipt(stage: .launch, files: [ArtefactKind.launch.file: launch]),
            Receipt(stage: .collect, files: collected),
        ]
        var digests: [StageName: Digest] = [:]
        for receipt in receipts { digests[receipt.stage] = try put(.receipt, receipt.json.canonical()).digest }
        let folders = StageFolders(store)
        let ref = RunRef(
            run: runDescriptor.digest,
            id: id,
            plan: target.plan,
            name: target.name,
            created: record.started,
            folder: StageFolders.name(target.name, runDescriptor.digest),
            receipts: digests,
            exitCode: record.exitCode,
            // A run that the time limit ended is one by its exit code, whichever signal it took.
            signal: record.reason == .timeout ? nil : record.signal,
            bytes: collection.files.values.reduce(0) { $0 + $1.size }
        )
        // From here on the run is listed: all that it names is there, and on the disk if that was asked for.
        try store.syncObjects()
        try Catalog(store).add(ref, time: now)
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
