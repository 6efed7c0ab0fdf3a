package import ArtifactStore
package import ContentAddressing
import JSONText

/// Plans and runs of a store by digest, name and age.
package struct Catalog {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// Remembers a plan and makes it the newest; nothing is written when nothing changed.
    package func add(_ ref: PlanRef) throws(StoreError) {
        let path = "refs/plans/" + ref.plan.hex
        let present = try plan(ref.plan)
        if present.map({ $0.name != ref.name || $0.specFile != ref.specFile || $0.receipts != ref.receipts }) ?? true {
            try store.putRecord(ref.json, at: path)
        }
        try point("refs/newest-plan", to: ref.plan)
        try point("refs/names/\(ref.name).plan", to: ref.plan)
    }

    /// Remembers a run and makes it the newest, also of its name.
    ///
    /// The file's name sorts by age.
    package func add(_ ref: RunRef, time: Int64) throws(StoreError) {
        let milliseconds = String(time / 1_000_000, radix: 16)
        let padded = String(repeating: "0", count: max(0, 12 - milliseconds.count)) + milliseconds
        try store.putRecord(ref.json, at: "refs/runs/\(padded)-\(ref.run.hex)")
        for path in ["refs/newest-run", "refs/names/\(ref.name).run"] {
            try store.putRecord(["at": .string("refs/runs/\(padded)-\(ref.run.hex)")], at: path)
        }
    }

    /// A plan that this machine made; nil when there is none, or its record is not ours.
    package func plan(_ digest: Digest) throws(StoreError) -> PlanRef? {
        guard let (value, isTrusted) = try store.record(at: "refs/plans/" + digest.hex), isTrusted else { return nil }
        return try? PlanRef(value)
    }

    /// The newest plan, of a name or of all.
    package func newestPlan(named name: String? = nil) throws(StoreError) -> PlanRef? {
        let path = name.map { "refs/names/\($0).plan" } ?? "refs/newest-plan"
        guard let (value, isTrusted) = try store.record(at: path), isTrusted,
            let digest = try? value.digest("plan")
        else { return nil }
        return try plan(digest)
    }

    /// The newest run, of a name or of all.
    package func newestRun(named name: String? = nil) throws(StoreError) -> RunRef? {
        let path = name.map { "refs/names/\($0).run" } ?? "refs/newest-run"
        guard let (value, isTrusted) = try store.record(at: path), isTrusted, let place = value["at"]?.stringValue
        else {
            return nil
        }
        return try run(at: place)
    }

    /// Record names of all runs, oldest first.
    package func runNames() throws(StoreError) -> [String] { try store.recordNames(in: "refs/runs") }

    package func planNames() throws(StoreError) -> [String] { try store.recordNames(in: "refs/plans") }

    /// A run by its record's name.
    package func run(named name: String) throws(StoreError) -> RunRef? { try run(at: "refs/runs/" + name) }

    private func run(at path: String) throws(StoreError) -> RunRef? {
        guard let (value, isTrusted) = try store.record(at: path), isTrusted else { return nil }
        return try? RunRef(value)
    }

    private func point(_ path: String, to plan: Digest) throws(StoreError) {
        let value: JSONValue = ["plan": .string(plan.description)]
        if let (present, isTrusted) = try store.record(at: path), isTrusted, present == value { return }
        try store.putRecord(value, at: path)
    }
}
