import ArtifactStore
package import ContentAddressing
import HostFiles
package import PipelineCore

/// What a REF on the command line turned out to be.
package enum Reference: Sendable {
    case spec(String)
    /// A bundle's file, which is no part of the store yet.
    case bundle(String)
    case plan(PlanRef)
    case run(RunRef)
    /// A plan or run whose record can't be read: it can be forgotten, and that is all.
    case damaged(DamagedRecord)
}

extension Reference {
    /// For who needs what a bundle's file holds in the store.
    package static func notImported(_ path: String) -> PipelineError {
        PipelineError("\(path) is a bundle file", hint: "sbxpipe import \(path), and name what it says")
    }
}

/// A record of a plan or run that can't be read.
package struct DamagedRecord: Sendable, Hashable {
    package let kind: ListItem.Kind
    package let digest: Digest
    /// Below `cache/`.
    let path: String

    /// For who needs more of it than that it is there.
    package var error: PipelineError {
        PipelineError(
            "the record of \(kind.rawValue) \(digest) is damaged",
            hint: kind == .plan ? "plan its spec again, or forget it with sbxpipe rm" : "forget it with sbxpipe rm",
            code: .damaged
        )
    }
}

/// Finds what a REF names (CLI.md, REF): a path, `last`, a run's id, a name, a digest or a prefix of one.
package struct ReferenceSearch {
    private let context: PipelineContext
    private let catalog: Catalog

    package init(_ context: PipelineContext) {
        self.context = context
        catalog = Catalog(context.store)
    }

    /// Finds what a text names; with `prefersPlan`, `last` and names mean the newest plan, as for plan and exec.
    ///
    /// - Throws: ``PipelineError`` when nothing matches, or more than one does.
    package func find(_ text: String, prefersPlan: Bool) throws -> Reference {
        if text.hasSuffix(".sbx") { return .bundle(text) }
        if text.contains("/") || text.hasSuffix(".json") || exists(text) { return .spec(text) }
        return try stored(text, prefersPlan: prefersPlan)
    }

    /// The same without a look at files: what a text names in the store.
    package func stored(_ text: String, prefersPlan: Bool) throws -> Reference {
        do {
            if let found = try recent(text, prefersPlan) ?? named(text, prefersPlan) ?? digest(text) { return found }
        } catch {
            throw PipelineError(error, source: "")
        }
        throw PipelineError(
            "\(text): no spec, plan or run of that name or digest",
            hint: "the store is \(context.store.location.root)",
            code: .missing
        )
    }

    /// The newest plan, for exec without a REF.
    package func newestPlan() throws -> PlanRef {
        guard let plan = try catalog.newestPlan() else {
            throw PipelineError("the store has no plan yet", hint: "sbxpipe plan SPEC makes one", code: .missing)
        }
        return plan
    }

    /// The plan of a run.
    package func plan(of run: RunRef) throws -> PlanRef {
        guard var plan = try catalog.plan(run.plan) else {
            throw PipelineError(
                "plan \(run.plan) is not in the store any more",
                hint: "plan its spec again",
                code: .missing
            )
        }
        if run.isImported { plan.isImported = true }
        return plan
    }

    /// Launches that are under way in this store.
    package func running() throws -> [RunningLaunch] { try context.store.uses().compactMap(RunningLaunch.init) }

    /// The launch under way that an id, or eight or more digits of it, or a name means; the newest of several of a name.
    package func running(_ text: String) throws -> RunningLaunch? {
        let all = try running()
        let byID = all.filter { text.utf8.count >= 8 && $0.id.hasPrefix(text) }
        if byID.count > 1 {
            throw PipelineError("\(text) is short for more than one: \(byID.map(\.id).joined(separator: ", "))")
        }
        if let found = byID.first { return found }
        return all.filter { $0.name == text || text == "last" }.max { $0.started < $1.started }
    }

    private func exists(_ text: String) -> Bool {
        ((try? FileStatus.of(AbsolutePath.join(context.workingFolder, text), following: true)) ?? nil) != nil
    }

    private func recent(_ text: String, _ prefersPlan: Bool) throws -> Reference? {
        guard text == "last" || text.hasPrefix("last~") else { return nil }
        let back = text == "last" ? 0 : Int(text.dropFirst(5)) ?? -1
        guard back >= 0 else { throw PipelineError("\(text): expected last or last~N") }
        // The newest is what was made last, whatever the clock said; those before it go by their times.
        if prefersPlan {
            let newest = try catalog.newestPlan()
            if back == 0, let newest { return .plan(newest) }
            let others = try catalog.planDigests().filter { $0 != newest?.plan }.compactMap { try catalog.plan($0) }
            let plans = [newest].compactMap(\.self) + others.sorted { $0.created > $1.created }
            if back < plans.count { return .plan(plans[back]) }
            throw fewer("\(text): the store has fewer plans (\(plans.count))", hint: "sbxpipe plan makes one")
        }
        let newest = try catalog.newestRun()
        if back == 0, let newest { return .run(newest) }
        let others = try catalog.runNames().filter { $0.digest != newest?.run.hex ?? "" }
        let place = others.count - 1 - back + (newest == nil ? 0 : 1)
        guard others.indices.contains(place), let run = try catalog.run(others[place]) else {
            let count = others.count + (newest == nil ? 0 : 1)
            throw fewer("\(text): the store has fewer runs (\(count))", hint: "sbxpipe exec makes one")
        }
        return .run(run)
    }

    private func fewer(_ message: String, hint: String) -> PipelineError {
        PipelineError(message, hint: hint, code: .missing)
    }

    private func named(_ text: String, _ prefersPlan: Bool) throws -> Reference? {
        if prefersPlan, let plan = try catalog.newestPlan(named: text) { return .plan(plan) }
        if let run = try catalog.newestRun(named: text) { return .run(run) }
        return try catalog.newestPlan(named: text).map(Reference.plan)
    }

    private func digest(_ text: String) throws -> Reference? {
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard hex.utf8.count >= 8, hex.utf8.count <= 64, hex.utf8.allSatisfy(Digest.isHexDigit) else { return nil }
        let plans = try catalog.planDigests().filter { $0.hex.hasPrefix(hex) }
        let runs = try catalog.runNames().filter { $0.digest.hasPrefix(hex) || $0.id.hasPrefix(hex) }
        guard plans.count + runs.count <= 1 else {
            let all = plans.map { "plan \($0)" } + runs.map { "run sha256:\($0.digest)" }
            throw PipelineError("\(text) is short for more than one: \(all.joined(separator: ", "))")
        }
        if let plan = plans.first {
            if let ref = try catalog.plan(plan) { return .plan(ref) }
            return .damaged(DamagedRecord(kind: .plan, digest: plan, path: "refs/plans/\(plan.hex)"))
        }
        guard let record = runs.first, let run = Digest(hex: record.digest) else { return nil }
        if let ref = try catalog.run(record) { return .run(ref) }
        return .damaged(DamagedRecord(kind: .run, digest: run, path: "refs/runs/\(record.text)"))
    }
}
