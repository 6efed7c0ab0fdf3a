import JSONText
import ArtifactStore
import ContentAddressing
import HostFiles
import PipelineCore

/// Forgets a plan or a run (`rm`); its objects go with the next gc that nothing else keeps them from.
package struct Removal {
    private let store: Store

    package init(_ context: PipelineContext) { store = context.store }

    /// - Throws: ``PipelineError``, also for a plan that runs still need.
    package func remove(_ reference: Reference) throws {
        do {
            try store.alone(patience: 10_000) {
                switch reference {
                case .spec(let path):
                    throw PipelineError("\(path) is a spec; rm takes a plan or a run", hint: "sbxpipe ls lists them")
                case .bundle(let path): throw Reference.notImported(path)
                case .plan(let ref): try remove(ref)
                case .run(let ref): try remove(ref)
                case .damaged(let record): try remove(record)
                }
            }
        } catch let error as StoreError where error.code == .busy {
            throw StoreUsers.error(of: store)
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    private func remove(_ record: DamagedRecord) throws {
        try store.remove(record.path)
        let names = try store.recordNames(in: "refs/names").map { "refs/names/" + $0 }
        for pointer in names + ["refs/newest-plan", "refs/newest-run"] {
            guard let (value, _) = try store.record(at: pointer) else { continue }
            let target = value["at"]?.stringValue ?? (try? value.digest("plan")).map { "refs/plans/" + $0.hex }
            guard target == record.path else { continue }
            if let other = try Catalog(store).derivedPointer(pointer) {
                try store.putRecord(other, at: pointer)
            } else {
                try store.removeRecord(at: pointer)
            }
        }
    }

    private func remove(_ ref: RunRef) throws {
        let catalog = Catalog(store)
        let records = try catalog.runNames()
        guard let record = records.first(where: { $0.digest == ref.run.hex }) else { return }
        let path = "refs/runs/\(record.text)"
        let others = records.filter { $0 != record }
        // Pointers first, so that none ever leads to nothing.
        try repoint("refs/newest-run", from: path, to: others.last)
        let namesake = try others.reversed().first { try catalog.run($0)?.name == ref.name }
        try repoint("refs/names/\(ref.name).run", from: path, to: namesake)
        try store.removeRecord(at: path)
        try removeFolder(ref.folder)
    }

    private func repoint(_ pointer: String, from path: String, to other: RunRecordName?) throws {
        guard let (value, _) = try store.record(at: pointer), value["at"]?.stringValue == path else { return }
        guard let other else { return try store.removeRecord(at: pointer) }
        try store.putRecord(["at": .string("refs/runs/\(other.text)")], at: pointer)
    }

    private func remove(_ ref: PlanRef) throws {
        let catalog = Catalog(store)
        let users = try catalog.runNames().compactMap { try catalog.run($0) }.filter { $0.plan == ref.plan }
        if let first = users.first {
            let count = users.count == 1 ? "a run needs" : "\(users.count) runs need"
            throw PipelineError(
                "plan \(ref.plan.short) of \(ref.name): \(count) it, as \(first.run.short)",
                hint: "sbxpipe rm the runs first"
            )
        }
        if try store.uses().compactMap(RunningLaunch.init).contains(where: { $0.plan == ref.plan }) {
            throw PipelineError("plan \(ref.plan.short) of \(ref.name) is running", hint: "sbxpipe stop ends it")
        }
        let others = try catalog.planDigests().filter { $0 != ref.plan }.compactMap { try catalog.plan($0) }
        let newest = others.sorted { $0.created < $1.created }
        try repoint("refs/newest-plan", from: ref.plan, to: newest.last?.plan)
        try repoint("refs/names/\(ref.name).plan", from: ref.plan, to: newest.last { $0.name == ref.name }?.plan)
        try store.removeRecord(at: "refs/plans/" + ref.plan.hex)
        try removeFolder(StageFolders.name(ref.name, ref.plan))
    }

    private func repoint(_ pointer: String, from plan: Digest, to other: Digest?) throws {
        guard let (value, _) = try store.record(at: pointer), try value.digest("plan") == plan else { return }
        guard let other else { return try store.removeRecord(at: pointer) }
        try store.putRecord(["plan": .string(other.description)], at: pointer)
    }

    private func removeFolder(_ name: String) throws {
        let stages = store.location.stages
        try Folder.removeTree(AbsolutePath.join(stages, name))
        let last = AbsolutePath.join(stages, "last")
        if try FileStatus.of(last)?.kind == .symlink, try Folder.target(of: last) == name {
            try Folder.removeFile(last)
            if let newest = try Catalog(store).newestRun()?.folder,
                try FileStatus.of(AbsolutePath.join(stages, newest))?.kind == .folder
            {
                try Folder.link(last, to: newest)
            }
        }
    }
}
