import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
package import PipelineCore

/// How a plan that was bound anew differs from what was archived, in lines for a person.
package struct BindingDifference {
    /// What is another: helper, version, user, and each field of the binding.
    package private(set) var lines: [String] = []
    /// What is enforced more weakly than before.
    package private(set) var weaker: [String] = []

    /// Of a binding no more than so many fields are told one by one.
    private static let mostFields = 12

    /// - Throws: ``PipelineError`` for documents that are missing.
    package init(of plan: PlanRef, run: RunRef?, to planned: Planned, _ context: PipelineContext) throws {
        do {
            let old = try Side(plan.plan, context)
            let new = try Side(planned.report.plan, context)
            if let launch = run?.receipts[.launch] {
                let receipt = try Documents.receipt(launch, from: context.store)
                let record = try Documents.read(try receipt.file(.launch).digest, from: context.store)
                addHelper(record, planned)
                addUser(record, context.identity)
            }
            if old.manifest.runtime != new.manifest.runtime {
                lines.append("runtime: \(old.manifest.runtime) -> \(new.manifest.runtime)")
            } else if old.manifest.binding != new.manifest.binding {
                addFields(old.binding, new.binding)
            }
            if old.manifest.portable != new.manifest.portable {
                lines.append("portable: \(old.manifest.portable) -> \(new.manifest.portable): it is another sandbox")
            }
            addWeaker(old.enforcement, new.enforcement)
        } catch {
            throw PipelineError(error, source: plan.name)
        }
    }

    /// A plan's documents that count here.
    private struct Side {
        let manifest: PlanManifest
        let binding: JSONValue
        let enforcement: Enforcement

        init(_ plan: Digest, _ context: PipelineContext) throws {
            manifest = try PlanManifest(try Documents.read(plan, from: context.store))
            binding = try Documents.read(manifest.binding, from: context.store)
            enforcement = try Enforcement(try Documents.read(manifest.enforcement, from: context.store))
        }
    }

    private mutating func addHelper(_ record: JSONValue, _ planned: Planned) {
        guard let launcher = planned.runtime.launcher, let before = record["runtime"],
            before["digest"]?.stringValue != launcher.digest.description
        else { return }
        let (name, version) = (before["name"]?.stringValue ?? "", before["version"]?.stringValue ?? "")
        let path = before["path"]?.stringValue ?? ""
        lines.append("helper: \(name) \(version) (\(path)) -> \(launcher.name) \(launcher.version) (\(launcher.path))")
    }

    private mutating func addUser(_ record: JSONValue, _ identity: HostIdentity) {
        let slot = record["slots"]?.arrayValue?.first { $0["name"]?.stringValue == "caller-id" }
        guard let before = slot?["value"]?.arrayValue?.first?.stringValue else { return }
        let now = "\(identity.user):\(identity.group)"
        if before != now { lines.append("uid: \(before) -> \(now)") }
    }

    private mutating func addFields(_ old: JSONValue, _ new: JSONValue) {
        let changes = KeyComparison(Self.members(old), Self.members(new)).changes
        for change in changes.prefix(Self.mostFields) {
            let (before, after) = (Self.shown(change.old), Self.shown(change.new))
            lines.append("binding: \(change.component): \(before) -> \(after)")
        }
        if changes.count > Self.mostFields {
            lines.append("binding: \(changes.count - Self.mostFields) more fields differ")
        }
    }

    /// A binding's members; those of a config.json's own annotation are spelled out.
    private static func members(_ binding: JSONValue) -> [String: JSONValue] {
        var members = binding.objectValue ?? [:]
        for (name, value) in members.removeValue(forKey: "annotations")?.objectValue ?? [:] {
            let document = value.stringValue.flatMap { try? JSONParser.parse(Array($0.utf8)) }
            members[name] = document ?? value
        }
        return members
    }

    private static func shown(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        let text = value.canonicalText
        return text.utf8.count <= 120 ? text : String(text.prefix(117)) + "..."
    }

    private mutating func addWeaker(_ old: Enforcement, _ new: Enforcement) {
        for entry in new.controls {
            guard let before = old.controls.first(where: { $0.name == entry.name }),
                Self.strength(entry.answer) < Self.strength(before.answer)
            else { continue }
            weaker.append(
                "\(entry.name): \(before.answer.rawValue) (\(before.detail)) -> \(entry.answer.rawValue) (\(entry.detail))"
            )
        }
    }

    private static func strength(_ answer: Enforcement.Answer) -> Int {
        switch answer {
        case .missing: 0
        case .enforced, .notNeeded: 1
        case .stronger: 2
        }
    }
}
