package import ContentAddressing
import JSONText
package import PipelineContracts

/// What a plan's ref holds: evidence beside the plan, none of it in its identity.
package struct PlanRef: Sendable, Hashable {
    package let plan: Digest
    package let name: String
    /// The spec's file; nil for `run`.
    package let specFile: String?
    /// Where the spec's relative paths start.
    package let base: String
    package let created: String
    /// Receipts of the stages 1 to 4, by stage.
    package let receipts: [StageName: Digest]
    package let annotations: [String: String]

    package init(
        plan: Digest,
        name: String,
        specFile: String?,
        base: String,
        created: String,
        receipts: [StageName: Digest],
        annotations: [String: String]
    ) {
        self.plan = plan
        self.name = name
        self.specFile = specFile
        self.base = base
        self.created = created
        self.receipts = receipts
        self.annotations = annotations
    }

    init(_ json: JSONValue) throws(JSONShapeError) {
        plan = try json.digest("plan")
        name = try json.string("name")
        specFile = json["specFile"]?.stringValue
        base = try json.string("base")
        created = try json.string("created")
        annotations = try json.object("annotations").compactMapValues(\.stringValue)
        var receipts: [StageName: Digest] = [:]
        for (name, value) in try json.object("receipts") {
            guard let stage = StageName(rawValue: name), let text = value.stringValue, let digest = Digest(text) else {
                throw JSONShapeError(path: "receipts", message: "has an unknown entry")
            }
            receipts[stage] = digest
        }
        self.receipts = receipts
    }

    var json: JSONValue {
        .members([
            "schema": "sbxpipe.plan-ref/v1",
            "plan": .string(plan.description),
            "name": .string(name),
            "specFile": specFile.map(JSONValue.string),
            "base": .string(base),
            "created": .string(created),
            "receipts": .object(
                Dictionary(uniqueKeysWithValues: receipts.map { ($0.key.rawValue, .string($0.value.description)) })
            ),
            "annotations": .object(annotations.mapValues(JSONValue.string)),
        ])
    }
}

/// What a run's ref holds.
package struct RunRef: Sendable, Hashable {
    package let run: Digest
    package let plan: Digest
    package let name: String
    package let created: String
    /// The folder in `stages/`.
    package let folder: String
    package let receipts: [StageName: Digest]

    package init(
        run: Digest,
        plan: Digest,
        name: String,
        created: String,
        folder: String,
        receipts: [StageName: Digest]
    ) {
        self.run = run
        self.plan = plan
        self.name = name
        self.created = created
        self.folder = folder
        self.receipts = receipts
    }

    init(_ json: JSONValue) throws(JSONShapeError) {
        run = try json.digest("run")
        plan = try json.digest("plan")
        name = try json.string("name")
        created = try json.string("created")
        folder = try json.string("folder")
        receipts = [.launch: try json.digest("launch"), .collect: try json.digest("collect")]
    }

    var json: JSONValue {
        .members([
            "schema": "sbxpipe.run-ref/v1",
            "run": .string(run.description),
            "plan": .string(plan.description),
            "name": .string(name),
            "created": .string(created),
            "folder": .string(folder),
            "launch": receipts[.launch].map { .string($0.description) },
            "collect": receipts[.collect].map { .string($0.description) },
        ])
    }
}
