package import ContentAddressing
package import JSONText

/// `config.json`: the description bound to this host and to a runtime of the Open Container Initiative.
///
/// It is a document of the OCI runtime specification in which slots are open: mounts, ids, environment and the places of
/// launcher and cgroup, which launch fills. What it fills them from stands in one annotation.
package struct ContainerBinding: Sendable, Hashable {
    /// `runc`, `crun` or `runsc`.
    package let runtime: String
    /// Version of it that this was made for.
    package let version: String
    /// gVisor's platform; nil for the others.
    package let platform: String?
    /// The document without mounts, ids, environment and annotations.
    package let config: JSONValue
    package let mounts: MountBinding
    /// Ids inside and how they are mapped.
    package let user: UserMapping
    package let makesUserNamespace: Bool
    /// Nil where the command itself is PID 1, or there is no PID namespace.
    package let reaper: ReaperBinding?
    /// What writes the id maps; nil where nothing but this tool or the runtime has to.
    package let mappers: IDMapperBinding?
    /// The filter of system calls, `seccomp.json`, which the document has too; nil for none.
    package let seccomp: Digest?
    /// The real path of stdin's file.
    package let stdinFile: String?
    /// Whether all processes go with PID 1.
    package let ownPIDs: Bool
    /// Where the description's secrets are read.
    package let secrets: [SecretBinding]

    package init(
        runtime: String,
        version: String,
        platform: String?,
        config: JSONValue,
        mounts: MountBinding,
        user: UserMapping,
        makesUserNamespace: Bool,
        reaper: ReaperBinding?,
        mappers: IDMapperBinding? = nil,
        seccomp: Digest?,
        stdinFile: String?,
        ownPIDs: Bool,
        secrets: [SecretBinding] = []
    ) {
        self.runtime = runtime
        self.version = version
        self.platform = platform
        self.config = config
        self.mounts = mounts
        self.user = user
        self.makesUserNamespace = makesUserNamespace
        self.reaper = reaper
        self.mappers = mappers
        self.seccomp = seccomp
        self.stdinFile = stdinFile
        self.ownPIDs = ownPIDs
        self.secrets = secrets
    }

    private static let annotation = "sbxpipe.binding.v1"

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard var config = json.objectValue, let text = json["annotations"]?[Self.annotation]?.stringValue,
            let own = try? JSONParser.parse(Array(text.utf8))
        else { throw JSONShapeError(path: "annotations.\(Self.annotation)", message: "is missing or no JSON") }
        config["annotations"] = nil
        self.init(
            runtime: try own.string("runtime"),
            version: try own.string("version"),
            platform: own["platform"]?.stringValue,
            config: .object(config),
            mounts: try MountBinding(own),
            user: try UserMapping(try own.required("user")),
            makesUserNamespace: try own.boolean("makesUserNamespace"),
            reaper: try ReaperBinding(in: own),
            mappers: try IDMapperBinding(in: own),
            seccomp: own["seccomp"] == nil ? nil : try own.digest("seccomp"),
            stdinFile: own["stdinFile"]?.stringValue,
            ownPIDs: try own.boolean("ownPIDs"),
            secrets: try [SecretBinding](in: own)
        )
    }

    package var json: JSONValue {
        let own: [String: JSONValue?] = [
            "runtime": .string(runtime),
            "version": .string(version),
            "platform": platform.map(JSONValue.string),
            "user": user.json,
            "makesUserNamespace": .bool(makesUserNamespace),
            "reaper": reaper?.json,
            "mappers": mappers?.json,
            "seccomp": seccomp.map { .string($0.description) },
            "stdinFile": stdinFile.map(JSONValue.string),
            "ownPIDs": .bool(ownPIDs),
            "secrets": secrets.member,
        ]
        let text = JSONValue.members(own.merging(mounts.members) { own, _ in own }).canonical()
        var document = config.objectValue ?? [:]
        document["annotations"] = [Self.annotation: .string(String(decoding: text, as: UTF8.self))]
        return .object(document)
    }
}
