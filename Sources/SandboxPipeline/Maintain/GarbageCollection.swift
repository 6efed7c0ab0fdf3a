import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import PipelineCore
import RootFilesystems

/// Deletes what nothing refers to (`cache gc`).
///
/// Roots are launches under way, names, and runs younger than ``Rules/keepDays`` with their plans. Actions are weak: one
/// whose files go, goes first. Nothing younger than an hour, or from the future, is deleted, by the time that its file
/// was written.
package struct GarbageCollection {
    package struct Rules: Sendable {
        /// Runs younger than this many days stay.
        package var keepDays = 30
        /// Bytes of objects at most; older runs go first, but none that a name or the last hour keeps.
        package var maxSize: Int64?
        /// Says what would go, and deletes nothing.
        package var isDryRun = false
        /// How long others that use the store are waited for, in milliseconds.
        package var patience = 10_000

        package init() {}
    }

    let store: Store
    let rules: Rules
    let now: Int64
    private let progress: (String) -> Void

    static let hour: Int64 = 3_600_000_000_000
    static let day: Int64 = 24 * hour

    package init(_ context: PipelineContext, _ rules: Rules, progress: @escaping (String) -> Void = { _ in }) {
        store = context.store
        self.rules = rules
        self.progress = progress
        now = HostSystem.realTime()
    }

    /// Whether something is old enough to be deleted at all.
    func isOld(_ time: Int64) -> Bool { time <= now - Self.hour }

    /// Does it, with the store held alone.
    ///
    /// - Throws: ``PipelineError``; when others use the store it names them.
    package func run() throws -> CollectedGarbage {
        do {
            return try store.alone(patience: rules.patience) { try collect() }
        } catch let error as StoreError where error.code == .busy {
            throw StoreUsers.error(of: store)
        } catch {
            throw PipelineError(error, source: "cache gc")
        }
    }

    private func collect() throws -> CollectedGarbage {
        progress("gc: looking for what is in use")
        var live = LiveObjects(store: store, rules: rules, now: now)
        try live.find()
        var garbage = CollectedGarbage(isDryRun: rules.isDryRun)
        progress("gc: deleting actions and records")
        try collectActions(live, &garbage)
        for record in live.deadRuns { try remove("refs/runs/\(record)", &garbage.runs, garbage) }
        for plan in live.deadPlans { try remove("refs/plans/\(plan)", &garbage.plans, garbage) }
        progress("gc: deleting objects")
        try store.visitBlobs { name, status throws(StoreError) in
            guard name.utf8.count == 64, isOld(status.modified), !live.marked.contains(name) else {
                garbage.bytesKept += status.size
                garbage.objectsKept += 1
                return
            }
            garbage.bytes += status.size
            try remove("blobs/sha256/\(name)", &garbage.objects, garbage)
        }
        try collectTrees(live, &garbage)
        try collectTemporaries(&garbage)
        try collectFolders(live, &garbage)
        return garbage
    }

    private func remove(_ relative: String, _ count: inout Int, _ garbage: borrowing CollectedGarbage)
        throws(StoreError)
    {
        count += 1
        if !rules.isDryRun { try store.remove(relative) }
    }

    /// A record that this machine did not sign is no action either.
    private func collectActions(_ live: LiveObjects, _ garbage: inout CollectedGarbage) throws {
        for stage in StageName.allCases {
            let folder = "actions/\(stage.rawValue)"
            try store.visit(folder) { name, status throws(StoreError) in
                guard isOld(status.modified) else { return }
                let path = "\(folder)/\(name)"
                if let (value, isTrusted) = try store.record(at: path), isTrusted,
                    let action = try? ActionRecord(value),
                    live.marked.contains(action.receiptDescriptor.digest.hex),
                    action.receipt.files.values.allSatisfy({ live.marked.contains($0.digest.hex) })
                {
                    return
                }
                try remove(path, &garbage.actions, garbage)
            }
        }
        // What was learnt of launchers and of trees on the host, and compiled filters, cost little to have again.
        for folder in ["actions/probe", "actions/snapshot", "actions/seccomp"] {
            try store.visit(folder) { name, status throws(StoreError) in
                guard status.modified <= now - Int64(rules.keepDays) * Self.day, isOld(status.modified) else { return }
                try remove("\(folder)/\(name)", &garbage.actions, garbage)
            }
        }
        try store.visit("actions/layer") { name, status throws(StoreError) in
            let path = "actions/layer/\(name)"
            let layer = try store.record(at: path)?.value["layer"].flatMap { try? Descriptor($0) }
            guard isOld(status.modified), layer.map({ !live.marked.contains($0.digest.hex) }) ?? true else { return }
            try remove(path, &garbage.actions, garbage)
        }
    }

    /// Unpacked trees whose layers nothing needs.
    private func collectTrees(_ live: LiveObjects, _ garbage: inout CollectedGarbage) throws {
        try store.visit(TreeStore.folder) { name, status throws(StoreError) in
            guard isOld(status.modified), !live.marked.contains(name) else { return }
            let layers = TreeStore.layers(of: name, in: store)
            if !layers.isEmpty, layers.allSatisfy({ live.marked.contains($0) }) { return }
            try remove("\(TreeStore.folder)/\(name)", &garbage.trees, garbage)
        }
    }

    /// Those of killed writers went when this one took its lease; what is left are damaged objects that made way.
    private func collectTemporaries(_ garbage: inout CollectedGarbage) throws {
        try store.visit("tmp") { name, status throws(StoreError) in
            let hasOwner = name.prefix { $0 != "." }.allSatisfy(\.isNumber) && name.contains(".")
            guard isOld(status.modified), !hasOwner else { return }
            try remove("tmp/\(name)", &garbage.temporaries, garbage)
        }
    }

    /// Folders of `stages/` whose plan or run is gone.
    private func collectFolders(_ live: LiveObjects, _ garbage: inout CollectedGarbage) throws {
        let stages = store.location.stages
        for bytes in try Folder.names(stages) {
            let name = String(decoding: bytes, as: UTF8.self)
            let path = AbsolutePath.join(stages, name)
            guard let digits = name.split(separator: "-").last, digits.utf8.count == 8, name.contains("-"),
                digits.utf8.allSatisfy(Digest.isHexDigit), !live.folders.contains(name),
                let status = try FileStatus.of(path), status.kind == .folder, isOld(status.modified)
            else { continue }
            garbage.folders += 1
            if !rules.isDryRun { try Folder.removeTree(path) }
        }
    }
}

/// What a gc deleted, or would.
package struct CollectedGarbage: Sendable, Hashable {
    package let isDryRun: Bool
    package var runs = 0
    package var plans = 0
    package var actions = 0
    package var objects = 0
    /// Bytes of the objects.
    package var bytes: Int64 = 0
    /// Unpacked layers.
    package var trees = 0
    package var temporaries = 0
    package var folders = 0
    package var objectsKept = 0
    package var bytesKept: Int64 = 0
}
