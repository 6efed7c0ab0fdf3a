package import ContentAddressing
package import JSONText

/// `bwrap.json`: the description bound to this host and to bubblewrap.
///
/// Arguments are literal but for the mounts, which launch expands.
package struct BubblewrapBinding: Sendable, Hashable {
    /// Version of bubblewrap that it was made for.
    package let version: String
    /// Arguments ahead of the mounts: namespaces, ids, hostname, capabilities.
    package let before: [String]
    package let mounts: MountBinding
    /// The filter of system calls, `seccomp.json`; nil for none.
    package let seccomp: Digest?
    /// Whether another filter keeps the command from making user namespaces, in which covers could be moved.
    package let refusesUserNamespaces: Bool
    /// The real path of stdin's file.
    package let stdinFile: String?
    /// Whether all processes go with PID 1.
    package let ownPIDs: Bool
    /// What is PID 1; nil for bubblewrap's own reaper, or the command itself.
    package let reaper: ReaperBinding?
    /// What writes the id maps; nil where nothing but this tool or the runtime has to.
    package let mappers: IDMapperBinding?
    /// Arguments after the mounts: the working folder and what ties the sandbox to its launcher's life.
    package let after: [String]
    /// Where the description's secrets are read.
    package let secrets: [SecretBinding]

    /// Whether id 0 inside is the caller and the others are its subordinate ones.
    package var mapsSubordinateIDs: Bool { mounts.accounts?.hasSubordinateIDs == true }

    package init(
        version: String,
        before: [String],
        mounts: MountBinding,
        seccomp: Digest?,
        refusesUserNamespaces: Bool,
        stdinFile: String?,
        ownPIDs: Bool,
        reaper: ReaperBinding? = nil,
        mappers: IDMapperBinding? = nil,
        after: [String],
        secrets: [SecretBinding] = []
    ) {
        self.version = version
        self.before = before
        self.mounts = mounts
        self.seccomp = seccomp
        self.refusesUserNamespaces = refusesUserNamespaces
        self.stdinFile = stdinFile
        self.ownPIDs = ownPIDs
        self.reaper = reaper
        self.mappers = mappers
        self.after = after
        self.secrets = secrets
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        self.init(
            version: try json.string("version"),
            before: try json.strings("before"),
            mounts: try MountBinding(json),
            seccomp: json["seccomp"] == nil ? nil : try json.digest("seccomp"),
            refusesUserNamespaces: try json.boolean("refusesUserNamespaces"),
            stdinFile: json["stdinFile"]?.stringValue,
            ownPIDs: try json.boolean("ownPIDs"),
            reaper: try ReaperBinding(in: json),
            mappers: try IDMapperBinding(in: json),
            after: try json.strings("after"),
            secrets: try [SecretBinding](in: json)
        )
    }

    package var json: JSONValue {
        let own: [String: JSONValue?] = [
            "schema": "sbxpipe.bwrap/v1",
            "version": .string(version),
            "before": .strings(before),
            "seccomp": seccomp.map { .string($0.description) },
            "refusesUserNamespaces": .bool(refusesUserNamespaces),
            "stdinFile": stdinFile.map(JSONValue.string),
            "ownPIDs": .bool(ownPIDs),
            "reaper": reaper?.json,
            "mappers": mappers?.json,
            "after": .strings(after),
            "secrets": secrets.member,
        ]
        return .members(own.merging(mounts.members) { own, _ in own })
    }
}
