package import ContentAddressing
package import JSONText

/// `bwrap.json`: the description bound to this host and to bubblewrap.
///
/// Arguments are literal but for the mounts, which launch expands: `source` holds what was found on the host, and what
/// only the moment of the launch can tell (the host's top-level entries, homes, the store) stands by symbol.
package struct BubblewrapBinding: Sendable, Hashable {
    /// Version of bubblewrap that it was made for.
    package let version: String
    /// Arguments ahead of the mounts: namespaces, ids, hostname, capabilities.
    package let before: [String]
    package let root: SandboxDescription.Root
    package let rootOnly: [String]?
    package let devices: SandboxDescription.Devices
    /// Whether the sandbox has a /proc of its own.
    package let ownProc: Bool
    /// The description's mounts; a bind's source is the real path here.
    ///
    /// Those with an absent source are left out.
    package let mounts: [MountDescription]
    package let maskedPaths: [String]
    package let readonlyPaths: [String]
    /// The inner ids (nil for the caller's) that generated passwd and group bear; nil where none are generated.
    package let accounts: UserMapping?
    package let coversStore: Bool
    /// The filter of system calls, `seccomp.json`; nil for none.
    package let seccomp: Digest?
    /// Whether another filter keeps the command from making user namespaces, in which covers could be moved.
    package let refusesUserNamespaces: Bool
    /// Whether the command sees the host's network.
    package let sharesNetwork: Bool
    /// The real path of stdin's file.
    package let stdinFile: String?
    /// Whether all processes go with PID 1.
    package let ownPIDs: Bool
    /// Arguments after the mounts: the working folder and what ties the sandbox to its launcher's life.
    package let after: [String]

    package init(
        version: String,
        before: [String],
        root: SandboxDescription.Root,
        rootOnly: [String]?,
        devices: SandboxDescription.Devices,
        ownProc: Bool,
        mounts: [MountDescription],
        maskedPaths: [String],
        readonlyPaths: [String],
        accounts: UserMapping?,
        coversStore: Bool,
        seccomp: Digest?,
        refusesUserNamespaces: Bool,
        sharesNetwork: Bool,
        stdinFile: String?,
        ownPIDs: Bool,
        after: [String]
    ) {
        self.version = version
        self.before = before
        self.root = root
        self.rootOnly = rootOnly
        self.devices = devices
        self.ownProc = ownProc
        self.mounts = mounts
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.accounts = accounts
        self.coversStore = coversStore
        self.seccomp = seccomp
        self.refusesUserNamespaces = refusesUserNamespaces
        self.sharesNetwork = sharesNetwork
        self.stdinFile = stdinFile
        self.ownPIDs = ownPIDs
        self.after = after
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let root = SandboxDescription.Root(rawValue: try json.string("root")) else {
            throw JSONShapeError(path: "root", message: "is unknown")
        }
        var mounts: [MountDescription] = []
        for mount in try json.array("mounts") { mounts.append(try MountDescription(mount)) }
        var accounts: UserMapping?
        if let mapping = json["accounts"] { accounts = try UserMapping(mapping) }
        self.init(
            version: try json.string("version"),
            before: try json.strings("before"),
            root: root,
            rootOnly: json["rootOnly"] == nil ? nil : try json.strings("rootOnly"),
            devices: try SandboxDescription.Devices(json),
            ownProc: try json.boolean("ownProc"),
            mounts: mounts,
            maskedPaths: try json.strings("maskedPaths"),
            readonlyPaths: try json.strings("readonlyPaths"),
            accounts: accounts,
            coversStore: try json.boolean("coversStore"),
            seccomp: json["seccomp"] == nil ? nil : try json.digest("seccomp"),
            refusesUserNamespaces: try json.boolean("refusesUserNamespaces"),
            sharesNetwork: try json.boolean("sharesNetwork"),
            stdinFile: json["stdinFile"]?.stringValue,
            ownPIDs: try json.boolean("ownPIDs"),
            after: try json.strings("after")
        )
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.bwrap/v1",
            "version": .string(version),
            "before": .strings(before),
            "root": .string(root.rawValue),
            "rootOnly": rootOnly.map(JSONValue.strings),
            "devices": devices.json,
            "ownProc": .bool(ownProc),
            "mounts": .array(mounts.map(\.json)),
            "maskedPaths": .strings(maskedPaths),
            "readonlyPaths": .strings(readonlyPaths),
            "accounts": accounts?.json,
            "coversStore": .bool(coversStore),
            "seccomp": seccomp.map { .string($0.description) },
            "refusesUserNamespaces": .bool(refusesUserNamespaces),
            "sharesNetwork": .bool(sharesNetwork),
            "stdinFile": stdinFile.map(JSONValue.string),
            "ownPIDs": .bool(ownPIDs),
            "after": .strings(after),
        ])
    }
}
