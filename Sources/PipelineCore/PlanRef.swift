package import ContentAddressing
import JSONText
package import PipelineContracts

/// What a plan's ref holds: evidence beside the plan, none of it in its identity.
package struct PlanRef: Sendable, Hashable {
    package let plan: Digest
    package let name: String
    /// The spec's file; nil for `run`.
    package let specFile: String?
    /// Where the spec's relative paths start; empty for the caller's working folder.
    package let base: String
    package let created: String
    /// Receipts of the stages 1 to 4, by stage.
    package let receipts: [StageName: Digest]
    /// Names of the action records that the stages 1 to 4 hit or made, by stage: what `why` compares with.
    package let actions: [StageName: String]
    /// Of the files of these stages.
    package let bytes: Int64
    package let annotations: [String: String]
    /// Whether it came from elsewhere: the record is not signed by this machine's key, or says so.
    package var isImported = false

    package init(
        plan: Digest,
        name: String,
        specFile: String?,
        base: String,
        created: String,
        receipts: [StageName: Digest],
        actions: [StageName: String],
        bytes: Int64,
        annotations: [String: String]
    ) {
        self.plan = plan
        self.name = name
        self.specFile = specFile
        self.base = base
        self.created = created
        self.receipts = receipts
        self.actions = actions
        self.bytes = bytes
        self.annotations = annotations
    }

    init(_ json: JSONValue) throws(JSONShapeError) {
        plan = try json.digest("plan")
        name = try json.string("name")
        specFile = json["specFile"]?.stringValue
        base = try json.string("base")
        created = try json.string("created")
        bytes = try json.integer("bytes")
        annotations = try json.object("annotations").compactMapValues(\.stringValue)
        isImported = json["imported"]?.boolValue ?? false
        var receipts: [StageName: Digest] = [:]
        for (name, value) in try json.object("receipts") {
            guard let stage = StageName(rawValue: name), let text = value.stringValue, let digest = Digest(text) else {
                throw JSONShapeError(path: "receipts", message: "has an unknown entry")
            }
            receipts[stage] = digest
        }
        self.receipts = receipts
        actions = try json.object("actions").reduce(into: [:]) { actions, entry in
            if let stage = StageName(rawValue: entry.key) { actions[stage] = entry.value.stringValue }
        }
    }

    var json: JSONValue {
        .members([
            "schema": "sbxpipe.plan-ref/v1",
            "plan": .string(plan.description),
            "name": .string(name),
            "specFile": specFile.map(JSONValue.string),
            "base": .string(base),
            "created": .string(created),
            "bytes": .integer(bytes),
            "receipts": .object(
                Dictionary(uniqueKeysWithValues: receipts.map { ($0.key.rawValue, .string($0.value.description)) })
            ),
            "actions": .object(
                Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, .string($0.value)) })
            ),
            "annotations": .object(annotations.mapValues(JSONValue.string)),
            "imported": isImported ? true : nil,
        ])
    }
}
