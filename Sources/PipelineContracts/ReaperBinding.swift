package import ContentAddressing
package import JSONText

/// A program of the host that is PID 1 inside.
package struct ReaperBinding: Sendable, Hashable {
    package let path: String
    package let digest: Digest

    package init(_ facts: LauncherFacts) {
        path = facts.path
        digest = facts.digest
    }

    /// The member `reaper` of a binding; nil where there is none.
    package init?(in binding: JSONValue) throws(JSONShapeError) {
        guard let json = binding["reaper"] else { return nil }
        path = try json.string("path")
        digest = try json.digest("digest")
    }

    package var json: JSONValue { ["path": .string(path), "digest": .string(digest.description)] }

    /// Where it shows inside.
    package static let placeInside = "/dev/.sbxpipe-init"
}
