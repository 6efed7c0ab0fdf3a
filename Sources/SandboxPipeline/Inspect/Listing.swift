import ArtifactStore
package import ContentAddressing
package import JSONText
import PipelineCore

/// A row of `ls`.
package struct ListItem: Sendable, Hashable {
    package enum Kind: String, Sendable { case plan, run }

    package let kind: Kind
    /// Nil for a run that is under way.
    package let digest: Digest?
    /// Of a run.
    package let id: String?
    package let name: String
    /// RFC 3339.
    package let created: String
    package let exitCode: Int32?
    package let signal: Int32?
    /// Of its files: a plan's stages, a run's captures and outputs.
    package let bytes: Int64
    package let isImported: Bool

    /// Whether its record can't be read: then only kind and digest are known.
    package var isDamaged = false

    package var isRunning: Bool { digest == nil }

    /// An entry of `sbxpipe.list/v1`.
    package var json: JSONValue {
        .members([
            "kind": .string(kind.rawValue),
            "digest": digest.map { .string($0.description) },
            "id": id.map(JSONValue.string),
            "name": .string(name),
            "created": .string(created),
            "exitCode": signal == nil ? exitCode.map { .integer(Int64($0)) } : nil,
            "signal": signal.map { .integer(Int64($0)) },
            "bytes": .integer(bytes),
            "running": isRunning ? true : nil,
            "imported": isImported ? true : nil,
            "damaged": isDamaged ? true : nil,
        ])
    }
}

/// What a store holds, newest first.
package struct Listing {
    private let context: PipelineContext

    package init(_ context: PipelineContext) { self.context = context }

    /// Hands over runs, those under way first, one after the other as they are read.
    package func runs(_ body: (ListItem) -> Void) throws {
        do {
            let catalog = Catalog(context.store)
            let running = try context.store.uses().compactMap(RunningLaunch.init)
            for launch in running.sorted(by: { $0.started > $1.started }) { body(Self.item(launch)) }
            for record in try catalog.runNames().reversed() {
                if let ref = try catalog.run(record) {
                    body(Self.item(ref))
                } else if let digest = Digest(hex: record.digest) {
                    body(Self.damaged(.run, digest))
                }
            }
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    /// Hands over plans.
    package func plans(_ body: (ListItem) -> Void) throws {
        do {
            let catalog = Catalog(context.store)
            let plans = try catalog.planDigests().map { digest in
                try catalog.plan(digest).map(Self.item) ?? Self.damaged(.plan, digest)
            }
            for plan in plans.sorted(by: { $0.created > $1.created }) { body(plan) }
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    private static func damaged(_ kind: ListItem.Kind, _ digest: Digest) -> ListItem {
        var item = ListItem(
            kind: kind,
            digest: digest,
            id: nil,
            name: "",
            created: "",
            exitCode: nil,
            signal: nil,
            bytes: 0,
            isImported: false
        )
        item.isDamaged = true
        return item
    }

    private static func item(_ launch: RunningLaunch) -> ListItem {
        ListItem(
            kind: .run,
            digest: nil,
            id: launch.id,
            name: launch.name,
            created: launch.started,
            exitCode: nil,
            signal: nil,
            bytes: 0,
            isImported: false
        )
    }

    private static func item(_ ref: RunRef) -> ListItem {
        ListItem(
            kind: .run,
            digest: ref.run,
            id: ref.id,
            name: ref.name,
            created: ref.created,
            exitCode: ref.exitCode,
            signal: ref.signal,
            bytes: ref.bytes,
            isImported: ref.isImported
        )
    }

    private static func item(_ ref: PlanRef) -> ListItem {
        ListItem(
            kind: .plan,
            digest: ref.plan,
            id: nil,
            name: ref.name,
            created: ref.created,
            exitCode: nil,
            signal: nil,
            bytes: ref.bytes,
            isImported: ref.isImported
        )
    }
}
