package import ContentAddressing
package import JSONText

/// `run.json` (`sbxpipe.run/v1`): one run of a plan; its digest names the run.
package struct RunRecord: Sendable, Hashable {
    /// 32 random hex digits.
    package let id: String
    package let plan: Digest
    package let launch: Descriptor
    package let captures: Descriptor
    package let name: String
    package let parent: Digest?
    /// RFC 3339.
    package let created: String
    package let cached: Bool

    package init(
        id: String,
        plan: Digest,
        launch: Descriptor,
        captures: Descriptor,
        name: String,
        parent: Digest? = nil,
        created: String,
        cached: Bool = false
    ) {
        self.id = id
        self.plan = plan
        self.launch = launch
        self.captures = captures
        self.name = name
        self.parent = parent
        self.created = created
        self.cached = cached
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        id = try json.string("id")
        plan = try json.digest("plan")
        launch = try Descriptor(try json.required("launch"))
        captures = try Descriptor(try json.required("captures"))
        name = try json.string("name")
        parent = try json.optionalDigest("parent")
        created = try json.string("created")
        cached = try json.boolean("cached")
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.run/v1",
            "id": .string(id),
            "plan": .string(plan.description),
            "launch": launch.json,
            "captures": captures.json,
            "name": .string(name),
            "parent": parent.map { .string($0.description) },
            "created": .string(created),
            "cached": .bool(cached),
        ])
    }
}
