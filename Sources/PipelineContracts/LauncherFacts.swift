package import ContentAddressing
package import JSONText

/// What is known of a launcher: where it is, what it is, what it can.
package struct LauncherFacts: Sendable, Hashable {
    /// `bwrap`, `runc`, `crun`, `runsc`.
    package let name: String
    /// Absolute, symlinks resolved: the file that is executed.
    package let path: String
    package let version: String
    /// Options that a probe found, sorted.
    package let features: [String]
    /// SHA-256 of the file.
    package let digest: Digest
    /// Device, inode, mode, owner, size and times, by which a change is noticed without reading the file.
    package let fingerprint: String

    package init(
        name: String,
        path: String,
        version: String,
        features: [String],
        digest: Digest,
        fingerprint: String
    ) {
        self.name = name
        self.path = path
        self.version = version
        self.features = features
        self.digest = digest
        self.fingerprint = fingerprint
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        name = try json.string("name")
        path = try json.string("path")
        version = try json.string("version")
        features = try json.strings("features")
        digest = try json.digest("digest")
        fingerprint = try json.string("fingerprint")
    }

    package var json: JSONValue {
        [
            "name": .string(name),
            "path": .string(path),
            "version": .string(version),
            "features": .strings(features),
            "digest": .string(digest.description),
            "fingerprint": .string(fingerprint),
        ]
    }
}

/// `helpers.json`: the launchers that were asked for, the one chosen and why.
package struct HelpersRecord: Sendable, Hashable {
    /// The runtime asked for: `auto` or a name.
    package let asked: String
    package let launchers: [LauncherFacts]
    /// Name of the one chosen.
    package let chosen: String
    package let reason: String
    /// gVisor's platform that a start showed to work; nil for other runtimes.
    package let platform: String?

    package init(
        asked: String,
        launchers: [LauncherFacts],
        chosen: String,
        reason: String,
        platform: String? = nil
    ) {
        self.platform = platform
        self.asked = asked
        self.launchers = launchers
        self.chosen = chosen
        self.reason = reason
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.helpers/v1",
            "asked": .string(asked),
            "launchers": .array(launchers.map(\.json)),
            "chosen": .string(chosen),
            "reason": .string(reason),
            "platform": platform.map(JSONValue.string),
        ])
    }
}
