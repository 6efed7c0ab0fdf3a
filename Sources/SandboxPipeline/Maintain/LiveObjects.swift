import JSONText
import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineCore

/// What a gc keeps, and which records it does not.
struct LiveObjects {
    private let store: Store
    private let rules: GarbageCollection.Rules
    private let now: Int64

    private(set) var marked: MarkedObjects
    /// Names of run records that go.
    private(set) var deadRuns: [String] = []
    /// Hex digits of plans whose records go.
    private(set) var deadPlans: [String] = []
    /// Names in `stages/` that stay.
    private(set) var folders: Set<String> = []
    private var plans: Set<Digest> = []

    init(store: Store, rules: GarbageCollection.Rules, now: Int64) {
        self.store = store
        self.rules = rules
        self.now = now
        marked = MarkedObjects(store)
    }

    /// Reads the records of the store.
    ///
    /// - Throws: ``PipelineError`` when what a kept plan or run needs can't be told: then nothing may be deleted.
    mutating func find() throws {
        let catalog = Catalog(store)
        let named = try pointers()
        var runAges: [String: Int64] = [:]
        try store.visit("refs/runs") { name, status throws(StoreError) in runAges[name] = status.modified }
        let records = try catalog.runNames()
        var others: [RunRecordName] = []
        for record in records {
            if named.runs.contains(record.text) || isYoung(runAges[record.text], GarbageCollection.hour) {
                try keep(record, catalog)
            } else {
                others.append(record)
            }
        }
        try keepPlans(named.plans, catalog)
        // Newest first, so that a size limit takes the oldest.
        var isFull = false
        for record in others.reversed() {
            let isKept = isYoung(runAges[record.text], Int64(rules.keepDays) * GarbageCollection.day)
            if isKept, !isFull, try keep(record, catalog, upTo: rules.maxSize) { continue }
            isFull = isFull || isKept
            deadRuns.append(record.text)
        }
        for plan in try catalog.planDigests() where !plans.contains(plan) { deadPlans.append(plan.hex) }
    }

    /// By the time its file was written; one from the future is young.
    private func isYoung(_ time: Int64?, _ age: Int64) -> Bool { (time ?? now) > now - age }

    /// What the names lead to, and what is in use.
    private func pointers() throws -> (plans: Set<Digest>, runs: Set<String>) {
        var plans: Set<Digest> = []
        var runs: Set<String> = []
        let names = try store.recordNames(in: "refs/names").map { "refs/names/" + $0 }
        for path in names + ["refs/newest-plan", "refs/newest-run"] {
            let record = try store.record(at: path)
            var values = [record?.value].compactMap(\.self)
            // One that was changed may lead elsewhere than it did: what it should say is kept as well.
            if record?.isTrusted != true, let derived = try repaired(path, isGone: record == nil) {
                values.append(derived)
            }
            for value in values {
                if let plan = try? value.digest("plan") { plans.insert(plan) }
                if let run = value["at"]?.stringValue { runs.insert(String(run.dropFirst("refs/runs/".utf8.count))) }
            }
        }
        for use in try store.uses().compactMap(RunningLaunch.init) { plans.insert(use.plan) }
        return (plans, runs)
    }

    /// What a pointer that can't be read should say; it is written anew, unless there is nothing for it to lead to.
    private func repaired(_ path: String, isGone: Bool) throws -> JSONValue? {
        guard try FileStatus.of(store.path(path)) != nil else { return nil }
        let value = try Catalog(store).derivedPointer(path)
        guard isGone, !rules.isDryRun else { return value }
        if let value { try store.putRecord(value, at: path) } else { try store.remove(path) }
        return value
    }

    private mutating func keepPlans(_ named: Set<Digest>, _ catalog: Catalog) throws {
        var young: Set<Digest> = named
        let (now, hour) = (now, GarbageCollection.hour)
        try store.visit("refs/plans") { name, status throws(StoreError) in
            if status.modified > now - hour, let plan = Digest(hex: name) { young.insert(plan) }
        }
        for plan in young { try keep(plan, catalog) }
    }

    /// Keeps a run with its plan; false when that would take more than `limit` bytes in all, and then it keeps neither.
    @discardableResult
    private mutating func keep(_ record: RunRecordName, _ catalog: Catalog, upTo limit: Int64? = nil) throws -> Bool {
        guard let ref = try catalog.run(record) else { throw Self.unreadable("run sha256:\(record.digest)") }
        marked.begin()
        do { try marked.mark(ref) } catch { throw Self.unreadable("run \(ref.run)") }
        let planFolder = try plans.contains(ref.plan) ? nil : mark(ref.plan, catalog)
        if let limit, marked.bytes > limit {
            marked.takeBack()
            return false
        }
        plans.insert(ref.plan)
        folders.formUnion([ref.folder, planFolder].compactMap(\.self))
        return true
    }

    private mutating func keep(_ plan: Digest, _ catalog: Catalog) throws {
        marked.begin()
        guard plans.insert(plan).inserted, let folder = try mark(plan, catalog) else { return }
        folders.insert(folder)
    }

    /// Marks what a plan needs and gives its folder in `stages/`, if its record is there.
    private mutating func mark(_ plan: Digest, _ catalog: Catalog) throws -> String? {
        do {
            if let ref = try catalog.plan(plan) {
                try marked.mark(ref)
                return StageFolders.name(ref.name, plan)
            }
            if try store.isIntact(plan) { try marked.mark(plan: plan) }
            return nil
        } catch {
            throw Self.unreadable("plan \(plan)")
        }
    }

    private static func unreadable(_ what: String) -> PipelineError {
        PipelineError(
            "what \(what) needs can't be told, as a record of it is damaged; nothing was deleted",
            hint: "sbxpipe cache verify names what is damaged; sbxpipe rm forgets it"
        )
    }
}
