package import ContentAddressing
package import JSONText

/// How one stage went: a row of the plan's table.
package struct StageReport: Sendable, Hashable {
    package let name: StageName
    /// Digest of the stage's receipt.
    package let receipt: Descriptor
    /// True for a hit.
    package let cached: Bool
    /// Wall time in seconds.
    package let seconds: Double

    package init(name: StageName, receipt: Descriptor, cached: Bool, seconds: Double) {
        self.name = name
        self.receipt = receipt
        self.cached = cached
        self.seconds = seconds
    }

    package var json: JSONValue {
        [
            "name": .string(name.rawValue),
            "digest": .string(receipt.digest.description),
            "mediaType": .string(receipt.mediaType),
            "cached": .bool(cached),
            "seconds": .number(seconds),
        ]
    }
}

/// What `plan --json` prints (`sbxpipe.plan-report/v1`).
package struct PlanReport: Sendable, Hashable {
    package let plan: Digest
    package let portable: Digest
    package let binding: Digest
    package let name: String
    package let runtime: String
    package let stages: [StageReport]

    package init(
        plan: Digest,
        portable: Digest,
        binding: Digest,
        name: String,
        runtime: String,
        stages: [StageReport]
    ) {
        self.plan = plan
        self.portable = portable
        self.binding = binding
        self.name = name
        self.runtime = runtime
        self.stages = stages
    }

    package var json: JSONValue {
        [
            "schema": "sbxpipe.plan-report/v1",
            "plan": .string(plan.description),
            "portable": .string(portable.description),
            "binding": .string(binding.description),
            "name": .string(name),
            "runtime": .string(runtime),
            "stages": .array(stages.map(\.json)),
        ]
    }
}
