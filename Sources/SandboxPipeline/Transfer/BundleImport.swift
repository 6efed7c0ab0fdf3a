import ArtifactStore
import Bundles
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore
import SandboxSpec

/// Takes a bundle's file into the store: all of it is checked before anything is published.
///
/// What it brings counts as imported: it may be looked at, and is launched when that is allowed (``ImportedPlan``).
package struct BundleImport {
    private let context: PipelineContext

    package init(_ context: PipelineContext) { self.context = context }

    /// Imports a file and gives what it holds.
    ///
    /// - Throws: ``PipelineError`` that names the file and the entry; then the store is as it was.
    package func take(_ path: String) throws -> Reference { try take(path, named: path) }

    /// The same of a file that errors call something else.
    func take(_ path: String, named name: String) throws -> Reference {
        do {
            let file = try BundleFile.open(path, in: context.workingFolder)
            let bundle = try BundleReader(context.store).read(file.number)
            let (plan, run) = try refs(bundle)
            return try context.store.held { try publish(bundle, plan, run) }
        } catch {
            throw PipelineError(error, source: name)
        }
    }

    /// What is to be listed, once the bundle is one that this version could have made.
    private func refs(_ bundle: ReadBundle) throws -> (PlanRef, RunRef?) {
        let record = bundle.record
        guard SpecName.isValid(record.name) else { throw BundleError("the name is none: \(record.name)") }
        if let archive = record.receipt(.archive)?.files[ArtefactKind.archive.file] {
            _ = try PlanArchive(unpacking: try bundle.bytes(archive))
        }
        let digests = Dictionary(
            uniqueKeysWithValues: record.receipts.map { ($0.stage, Digest.of($0.json.canonical())) }
        )
        let planned = record.receipts.filter { $0.stage.number <= StageName.archive.number }
        var plan = PlanRef(
            plan: record.plan,
            name: record.name,
            specFile: nil,
            base: "",
            created: HostSystem.timestamp(HostSystem.realTime()),
            receipts: digests.filter { $0.key.number <= StageName.archive.number },
            actions: [:],
            bytes: planned.flatMap(\.files.values).reduce(0) { $0 &+ $1.size },
            annotations: record.annotations
        )
        plan.isImported = true
        guard let digest = record.run, let collect = record.receipt(.collect), let launch = record.receipt(.launch)
        else {
            return (plan, nil)
        }
        let run = try RunRecord(try document(try collect.file(.run), bundle))
        let end = try document(try launch.file(.launch), bundle)
        let left = collect.files.filter { ![ArtefactKind.captures.file, ArtefactKind.run.file].contains($0.key) }
        var ref = RunRef(
            run: digest,
            id: run.id,
            plan: run.plan,
            name: run.name,
            created: run.created,
            folder: StageFolders.name(run.name, digest),
            receipts: digests.filter { $0.key.number > StageName.archive.number },
            exitCode: Int32(truncatingIfNeeded: try end.integer("exitCode")),
            signal: end["reason"]?.stringValue == LaunchRecord.Reason.timeout.rawValue
                ? nil : end["signal"]?.integerValue.map { Int32(truncatingIfNeeded: $0) },
            bytes: left.values.reduce(0) { $0 &+ $1.size }
        )
        ref.isImported = true
        return (plan, ref)
    }

    private func document(_ descriptor: Descriptor, _ bundle: ReadBundle) throws -> JSONValue {
        try JSONParser.parse(try bundle.bytes(descriptor))
    }

    private func publish(_ bundle: ReadBundle, _ plan: PlanRef, _ run: RunRef?) throws -> Reference {
        let store = context.store
        try bundle.publish()
        for receipt in bundle.record.receipts {
            _ = try store.put(receipt.json.canonical(), mediaType: ArtefactKind.receipt.mediaType)
        }
        try store.syncObjects()
        let catalog = Catalog(store)
        // One's own is not another's because it came back.
        var listed = plan
        if let present = try catalog.plan(plan.plan), !present.isImported { listed = present }
        try catalog.add(listed)
        try store.syncNames(in: "refs/plans")
        let receipts = bundle.record.receipts
        let folders = StageFolders(store)
        let planned = receipts.filter { $0.stage.number <= StageName.archive.number }
        let folder = try? folders.linkPlan(listed.name, listed.plan, receipts: planned)
        guard let run else { return .plan(listed) }
        if let name = try catalog.runNames().last(where: { $0.digest == run.run.hex }),
            let present = try catalog.run(name)
        {
            return .run(present)
        }
        try catalog.add(run, time: HostSystem.realTime())
        if let folder {
            let own = receipts.filter { $0.stage.number > StageName.archive.number }
            _ = try? folders.linkRun(run.name, run.run, planFolder: folder, receipts: own)
        }
        return .run(run)
    }
}

/// A bundle's file on the host.
package enum BundleFile {
    /// Opens it for reading.
    ///
    /// - Throws: ``FileError``; ``PipelineError`` for what is no file.
    static func open(_ path: String, in folder: String) throws -> OwnedDescriptor {
        let absolute = AbsolutePath.isAbsolute(path) ? path : AbsolutePath.join(folder, path)
        let file = try OwnedDescriptor.open(absolute, [.read, .nonBlocking])
        let status = try FileStatus.of(descriptor: file.number, path: path)
        guard status.kind == .file else { throw PipelineError("\(path) is a \(status.kind.rawValue), not a file") }
        return file
    }
}
