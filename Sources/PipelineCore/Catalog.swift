package import ArtifactStore
package import ContentAddressing
package import JSONText

/// Plans and runs of a store by digest, name and age.
package struct Catalog {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// Remembers a plan and makes it the newest; nothing is written when nothing changed.
    package func add(_ ref: PlanRef) throws(StoreError) {
        let path = "refs/plans/" + ref.plan.hex
        let present = try plan(ref.plan)
        if present.map({ !$0.says(ref) }) ?? true { try store.putRecord(ref.json, at: path) } else { try refresh(ref) }
        let pointer: JSONValue = ["plan": .string(ref.plan.description)]
        try point("refs/newest-plan", to: pointer)
        try point("refs/names/\(ref.name).plan", to: pointer)
    }

    /// Makes a plan's record young again, so that gc leaves it alone for the next hour at least.
    package func refresh(_ ref: PlanRef) throws(StoreError) { try store.refresh("refs/plans/" + ref.plan.hex) }

    /// Remembers a run and makes it the newest, also of its name.
    ///
    /// When that fails the run is not listed.
    package func add(_ ref: RunRef, time: Int64) throws(StoreError) {
        let path = "refs/runs/\(ref.recordName(time: time))"
        let pointers = ["refs/newest-run", "refs/names/\(ref.name).run"]
        do throws(StoreError) {
            try store.putRecord(ref.json, at: path)
            try store.syncNames(in: "refs/runs")
            for pointer in pointers { try store.putPointer(["at": .string(path)], at: pointer) }
        } catch {
            takeBack(path, pointers)
            throw error
        }
    }

    /// Forgets a run that was not acknowledged, as far as the system lets.
    private func takeBack(_ path: String, _ pointers: [String]) {
        try? store.removeRecord(at: path)
        for pointer in pointers {
            guard let (value, _) = (try? store.record(at: pointer)) ?? nil, value["at"]?.stringValue == path else {
                continue
            }
            do throws(StoreError) {
                if let other = try derivedPointer(pointer) { try store.putRecord(other, at: pointer); continue }
            } catch {
                // Without it, the newest is looked for in the list.
            }
            try? store.removeRecord(at: pointer)
        }
    }

    /// A plan by its digest; nil when there is none.
    ///
    /// One whose record is not this machine's is marked as imported.
    package func plan(_ digest: Digest) throws(StoreError) -> PlanRef? {
        guard let (value, isTrusted) = try store.record(at: "refs/plans/" + digest.hex),
            var ref = try? PlanRef(value), ref.plan == digest
        else { return nil }
        if !isTrusted { ref.isImported = true }
        return ref
    }

    /// The newest plan, of a name or of all.
    package func newestPlan(named name: String? = nil) throws(StoreError) -> PlanRef? {
        let path = name.map { "refs/names/\($0).plan" } ?? "refs/newest-plan"
        guard let (value, isTrusted) = try store.record(at: path), let digest = try? value.digest("plan"),
            var ref = try plan(digest)
        else { return nil }
        if !isTrusted { ref.isImported = true }
        return ref
    }

    /// The newest run, of a name or of all.
    package func newestRun(named name: String? = nil) throws(StoreError) -> RunRef? {
        let path = name.map { "refs/names/\($0).run" } ?? "refs/newest-run"
        guard let (value, isTrusted) = try store.record(at: path), let place = value["at"]?.stringValue,
            place.hasPrefix("refs/runs/"), let record = RunRecordName(String(place.dropFirst(10))),
            var ref = try run(record)
        else { return nil }
        if !isTrusted { ref.isImported = true }
        return ref
    }

    /// What a pointer (`refs/newest-run`, `refs/names/NAME.plan` …) should say, found by reading all plans or runs; nil
    /// when there is nothing for it to lead to.
    package func derivedPointer(_ path: String) throws(StoreError) -> JSONValue? {
        let file = path.split(separator: "/").last.map(String.init) ?? ""
        let name =
            path.hasPrefix("refs/names/") ? String(file.prefix(upTo: file.lastIndex(of: ".") ?? file.endIndex)) : nil
        if file.hasSuffix("plan") {
            var newest: PlanRef?
            for digest in try planDigests() {
                guard let ref = try plan(digest), name == nil || ref.name == name else { continue }
                if ref.created > newest?.created ?? "" { newest = ref }
            }
            return newest.map { ["plan": .string($0.plan.description)] }
        }
        for record in try runNames().reversed() {
            guard let ref = try run(record), name == nil || ref.name == name else { continue }
            return ["at": .string("refs/runs/\(record.text)")]
        }
        return nil
    }

    /// Records of all runs, oldest first.
    package func runNames() throws(StoreError) -> [RunRecordName] {
        try store.recordNames(in: "refs/runs").compactMap(RunRecordName.init)
    }

    /// Digests of all plans.
    package func planDigests() throws(StoreError) -> [Digest] {
        try store.recordNames(in: "refs/plans").compactMap { Digest(hex: $0) }
    }

    /// A run by its record; nil when it is not there.
    ///
    /// One whose record is not this machine's is marked as imported.
    package func run(_ record: RunRecordName) throws(StoreError) -> RunRef? {
        guard let (value, isTrusted) = try store.record(at: "refs/runs/" + record.text),
            var ref = try? RunRef(value), ref.run.hex == record.digest
        else { return nil }
        if !isTrusted { ref.isImported = true }
        return ref
    }

    private func point(_ path: String, to pointer: JSONValue) throws(StoreError) {
        if let (present, isTrusted) = try store.record(at: path), isTrusted, present == pointer { return }
        try store.putPointer(pointer, at: path)
    }
}

extension PlanRef {
    /// Whether this record, as it is stored, says what another one would; the time does not count.
    fileprivate func says(_ other: PlanRef) -> Bool {
        !isImported && name == other.name && specFile == other.specFile && base == other.base
            && receipts == other.receipts && actions == other.actions && annotations == other.annotations
    }
}
