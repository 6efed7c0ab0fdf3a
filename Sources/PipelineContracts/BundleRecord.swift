package import ContentAddressing
package import JSONText

/// `bundle.json` (`sbxpipe.bundle/v1`): what a bundle holds; it lies in the image at `/sbxpipe`.
package struct BundleRecord: Sendable, Hashable {
    package let name: String
    package let plan: Digest
    /// Nil for a plan's bundle.
    package let run: Digest?
    package let annotations: [String: String]
    /// Receipts of the stages that travel, in order: env, materialize, archive, and of a run launch and collect.
    package let receipts: [Receipt]

    package init(name: String, plan: Digest, run: Digest?, annotations: [String: String], receipts: [Receipt]) {
        self.name = name
        self.plan = plan
        self.run = run
        self.annotations = annotations
        self.receipts = receipts
    }

    /// What it is in a word: `plan` or `run`.
    package var kind: String { run == nil ? "plan" : "run" }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard try json.string("schema") == "sbxpipe.bundle/v1" else {
            throw JSONShapeError(path: "schema", message: "is not sbxpipe.bundle/v1")
        }
        name = try json.string("name")
        plan = try json.digest("plan")
        run = try json.optionalDigest("run")
        var annotations: [String: String] = [:]
        for (key, value) in try json.object("annotations") {
            guard let text = value.stringValue else {
                throw JSONShapeError(path: "annotations", message: "expected strings")
            }
            annotations[key] = text
        }
        self.annotations = annotations
        var receipts: [Receipt] = []
        for stage in try json.array("stages") { receipts.append(try Receipt(stage)) }
        self.receipts = receipts
        let stages: [StageName] = [.env, .materialize, .archive] + (run == nil ? [] : [.launch, .collect])
        guard receipts.map(\.stage) == stages else {
            throw JSONShapeError(path: "stages", message: "are not those of a \(run == nil ? "plan" : "run")")
        }
        for receipt in receipts {
            for (name, descriptor) in receipt.files where descriptor.size < 0 {
                throw JSONShapeError(path: "stages", message: "\(name) has a negative size")
            }
        }
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.bundle/v1",
            "name": .string(name),
            "plan": .string(plan.description),
            "run": run.map { .string($0.description) },
            "annotations": .object(annotations.mapValues(JSONValue.string)),
            "stages": .array(receipts.map(\.json)),
        ])
    }

    /// The receipt of a stage.
    package func receipt(_ stage: StageName) -> Receipt? { receipts.first { $0.stage == stage } }
}
