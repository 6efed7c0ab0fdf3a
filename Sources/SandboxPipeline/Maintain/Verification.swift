import ArtifactStore
package import ContentAddressing
import HostFiles
package import JSONText
import PipelineContracts
import PipelineCore
import RootFilesystems

/// Checks all of a store (`cache verify`): every object is hashed again, every record read.
package struct Verification {
    private let store: Store
    private let progress: (String) -> Void
    private var found = VerifiedStore()
    private var bad: Set<String> = []

    package init(_ context: PipelineContext, progress: @escaping (String) -> Void = { _ in }) {
        store = context.store
        self.progress = progress
    }

    /// Does it; gc is kept out meanwhile.
    package mutating func run() throws -> VerifiedStore {
        do {
            let hold = try store.hold { [progress] in progress("waiting: the store is being cleaned up") }
            defer { hold.release() }
            progress("verify: hashing objects")
            try checkObjects()
            progress("verify: reading records")
            try checkActions()
            try checkRefs()
            progress("verify: reading unpacked trees")
            try checkTrees()
            return found
        } catch {
            throw PipelineError(error, source: "cache verify")
        }
    }

    private mutating func checkObjects() throws {
        var names: [(name: String, status: FileStatus)] = []
        try store.visitBlobs { name, status throws(StoreError) in names.append((name, status)) }
        for (name, status) in names {
            found.objects += 1
            found.bytes += status.size
            guard let digest = Digest(hex: name) else {
                damaged("blobs/sha256/\(name)", "is no object's name")
                continue
            }
            if status.kind != .file {
                damaged("blobs/sha256/\(name)", "is a \(status.kind.rawValue), not a file")
            } else if try !store.isIntact(digest) {
                damaged("blobs/sha256/\(name)", "has other content than its name says")
            }
        }
    }

    private mutating func damaged(_ path: String, _ reason: String) {
        found.damaged.append(.init(path: Printable.escaped(path), reason: reason))
        if path.hasPrefix("blobs/") { bad.insert(String(path.suffix(64))) }
    }

    private mutating func checkActions() throws {
        let folders = StageName.allCases.map(\.rawValue) + ["probe", "layer"]
        for folder in folders.map({ "actions/\($0)" }) {
            for name in try store.recordNames(in: folder) { _ = try checked("\(folder)/\(name)") }
        }
    }

    /// A record, if it is good.
    private mutating func checked(_ path: String) throws -> JSONValue? {
        found.records += 1
        guard let (value, isTrusted) = try store.record(at: path) else {
            damaged(path, "can't be read as a record")
            return nil
        }
        guard isTrusted else {
            damaged(path, "was not signed by this machine's key, or was changed since")
            return nil
        }
        return value
    }

    private mutating func checkTrees() throws {
        for name in try store.recordNames(in: TreeStore.folder) {
            found.trees += 1
            for (path, reason) in try TreeCheck(store).problems(of: name) { damaged(path, reason) }
        }
    }

    private mutating func checkRefs() throws {
        let catalog = Catalog(store)
        for name in try store.recordNames(in: "refs/plans") {
            _ = try checked("refs/plans/\(name)")
            guard let digest = Digest(hex: name), let ref = try catalog.plan(digest) else { continue }
            found.plans += 1
            try check("plan", ref.plan, ref.name, Array(ref.receipts.values))
        }
        for name in try store.recordNames(in: "refs/runs") {
            _ = try checked("refs/runs/\(name)")
            guard let record = RunRecordName(name), let ref = try catalog.run(record) else { continue }
            found.runs += 1
            try check("run", ref.run, ref.name, Array(ref.receipts.values), plan: ref.plan)
        }
        let names = try store.recordNames(in: "refs/names").map { "refs/names/" + $0 }
        for path in names + ["refs/newest-plan", "refs/newest-run"] {
            guard try FileStatus.of(store.path(path)) != nil, let value = try checked(path) else { continue }
            let target = value["at"]?.stringValue ?? (try? value.digest("plan")).map { "refs/plans/" + $0.hex }
            if try target.map({ try FileStatus.of(store.path($0)) == nil }) ?? true {
                damaged(path, "leads to nothing")
            }
        }
    }

    /// Whether all that a plan or run names is there and whole.
    private mutating func check(
        _ kind: String,
        _ digest: Digest,
        _ name: String,
        _ receipts: [Digest],
        plan: Digest? = nil
    ) throws {
        var wrong: [String] = []
        func look(_ digest: Digest) throws -> Bool {
            if bad.contains(digest.hex) {
                wrong.append("damaged \(digest)")
                return false
            }
            if try FileStatus.of(store.path(of: digest)) != nil { return true }
            wrong.append("missing \(digest)")
            return false
        }
        _ = try look(digest)
        if let plan { _ = try look(plan) }
        for receipt in receipts where try look(receipt) {
            for file in try Documents.receipt(receipt, from: store).files.values { _ = try look(file.digest) }
        }
        if !wrong.isEmpty {
            found.broken.append(.init(kind: kind, digest: digest, name: name, objects: wrong.sorted()))
        }
    }
}

/// What a verification found.
package struct VerifiedStore: Sendable, Hashable {
    /// An object or record that is not what it should be.
    package struct Damage: Sendable, Hashable {
        /// Below `cache/`.
        package let path: String
        package let reason: String
    }

    /// A plan or run that needs what is damaged or missing.
    package struct Broken: Sendable, Hashable {
        package let kind: String
        package let digest: Digest
        package let name: String
        /// `damaged sha256:…` or `missing sha256:…`.
        package let objects: [String]
    }

    package var objects = 0
    package var bytes: Int64 = 0
    package var records = 0
    /// Unpacked layers.
    package var trees = 0
    package var plans = 0
    package var runs = 0
    package var damaged: [Damage] = []
    package var broken: [Broken] = []

    package var isClean: Bool { damaged.isEmpty && broken.isEmpty }

    /// `sbxpipe.verify/v1`.
    package var json: JSONValue {
        [
            "schema": "sbxpipe.verify/v1",
            "clean": .bool(isClean),
            "objects": .integer(Int64(objects)),
            "bytes": .integer(bytes),
            "records": .integer(Int64(records)),
            "trees": .integer(Int64(trees)),
            "plans": .integer(Int64(plans)),
            "runs": .integer(Int64(runs)),
            "damaged": .array(damaged.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
            "broken": .array(
                broken.map { item in
                    [
                        "kind": .string(item.kind), "digest": .string(item.digest.description),
                        "name": .string(item.name), "objects": .strings(item.objects),
                    ]
                }
            ),
        ]
    }
}
