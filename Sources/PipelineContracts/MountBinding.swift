package import JSONText

/// The mounts of a description bound to this host, whichever launcher makes them.
///
/// `source` holds what was found on the host; what only the moment of the launch can tell (the host's top-level entries,
/// homes, the store) stands by symbol.
package struct MountBinding: Sendable, Hashable {
    package let root: SandboxDescription.Root
    package let rootOnly: [String]?
    package let devices: SandboxDescription.Devices
    /// Whether the sandbox has a /proc of its own.
    package let ownProc: Bool
    /// The description's mounts; a bind's source is the real path here.
    ///
    /// Those with an absent source are left out.
    package let mounts: [MountDescription]
    /// Paths that mounts cover, or make read-only; a launcher that does so itself has them elsewhere.
    package let maskedPaths: [String]
    package let readonlyPaths: [String]
    /// The inner ids (nil for the caller's) that generated passwd and group bear; nil where none are generated.
    package let accounts: UserMapping?
    package let coversStore: Bool
    /// Whether the command sees the host's network.
    package let sharesNetwork: Bool

    package init(
        root: SandboxDescription.Root,
        rootOnly: [String]?,
        devices: SandboxDescription.Devices,
        ownProc: Bool,
        mounts: [MountDescription],
        maskedPaths: [String],
        readonlyPaths: [String],
        accounts: UserMapping?,
        coversStore: Bool,
        sharesNetwork: Bool
    ) {
        self.root = root
        self.rootOnly = rootOnly
        self.devices = devices
        self.ownProc = ownProc
        self.mounts = mounts
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.accounts = accounts
        self.coversStore = coversStore
        self.sharesNetwork = sharesNetwork
    }

    /// Reads the members of a binding's document that are these.
    package init(_ json: JSONValue) throws(JSONShapeError) {
        let root = try SandboxDescription.Root(json)
        var mounts: [MountDescription] = []
        for mount in try json.array("mounts") { mounts.append(try MountDescription(mount)) }
        var accounts: UserMapping?
        if let mapping = json["accounts"] { accounts = try UserMapping(mapping) }
        self.init(
            root: root,
            rootOnly: json["rootOnly"] == nil ? nil : try json.strings("rootOnly"),
            devices: try SandboxDescription.Devices(json),
            ownProc: try json.boolean("ownProc"),
            mounts: mounts,
            maskedPaths: try json.strings("maskedPaths"),
            readonlyPaths: try json.strings("readonlyPaths"),
            accounts: accounts,
            coversStore: try json.boolean("coversStore"),
            sharesNetwork: try json.boolean("sharesNetwork")
        )
    }

    /// Members of the document that this is part of.
    package var members: [String: JSONValue?] {
        [
            "root": root.json,
            "rootOnly": rootOnly.map(JSONValue.strings),
            "devices": devices.json,
            "ownProc": .bool(ownProc),
            "mounts": .array(mounts.map(\.json)),
            "maskedPaths": .strings(maskedPaths),
            "readonlyPaths": .strings(readonlyPaths),
            "accounts": accounts?.json,
            "coversStore": .bool(coversStore),
            "sharesNetwork": .bool(sharesNetwork),
        ]
    }
}
