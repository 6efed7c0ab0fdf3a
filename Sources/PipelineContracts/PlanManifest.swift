package import ContentAddressing
package import JSONText

/// `plan.json`: what makes a plan that plan; its digest is the plan's.
package struct PlanManifest: Sendable, Hashable {
    /// Digest of `description.json`.
    package let portable: Digest
    /// Digest of the runtime's binding.
    package let binding: Digest
    package let enforcement: Digest
    /// The runtime that the binding is for.
    package let runtime: String
    /// The small tar that exec launches from.
    package let archive: Descriptor
    /// Of the root, the bottom one first, then of the snapshots in the order of the spec.
    package let layers: [Descriptor]

    package init(
        portable: Digest,
        binding: Digest,
        enforcement: Digest,
        runtime: String,
        archive: Descriptor,
        layers: [Descriptor] = []
    ) {
        self.portable = portable
        self.binding = binding
        self.enforcement = enforcement
        self.runtime = runtime
        self.archive = archive
        self.layers = layers
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        portable = try json.digest("portable")
        binding = try json.digest("binding")
        enforcement = try json.digest("enforcement")
        runtime = try json.string("runtime")
        archive = try Descriptor(try json.required("archive"))
        var layers: [Descriptor] = []
        for layer in try json.array("layers") { layers.append(try Descriptor(layer)) }
        self.layers = layers
    }

    package var json: JSONValue {
        [
            "schema": "sbxpipe.plan/v1",
            "portable": .string(portable.description),
            "binding": .string(binding.description),
            "enforcement": .string(enforcement.description),
            "runtime": .string(runtime),
            "archive": archive.json,
            "layers": .array(layers.map(\.json)),
        ]
    }
}
