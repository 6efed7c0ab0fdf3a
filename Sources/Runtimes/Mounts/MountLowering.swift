import HostFiles
import PipelineContracts
import SandboxSpec

/// Binds the mounts of a description to this host.
enum MountLowering {
    /// `sources` are the real paths of what the binds name, by field; the masks are those that mounts are to make.
    ///
    /// A bind whose source is absent has been checked to be optional and is left out.
    static func lower(
        _ description: SandboxDescription,
        sources: [SourceFact],
        home: String,
        makesUserNamespace: Bool,
        maskedPaths: [String],
        readonlyPaths: [String]
    ) -> MountBinding {
        let paths = Dictionary(sources.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
        let mounts = description.mounts.compactMap { mount -> MountDescription? in
            let at = mount.at.hasPrefix("~") ? AbsolutePath.normalised(home + mount.at.dropFirst()) : mount.at
            guard mount.kind == .bind else { return moved(mount, at: at, source: nil) }
            guard let fact = paths[mount.field], !fact.isAbsent else { return nil }
            return moved(mount, at: at, source: fact.path)
        }
        let secrets = description.secrets.compactMap { secret in
            secret.at.map { at in
                let place = at.hasPrefix("~") ? AbsolutePath.normalised(home + at.dropFirst()) : at
                return MountDescription(
                    .secret,
                    at: place,
                    field: Spec.Secret.field(of: secret.name) + ".at",
                    source: secret.name
                )
            }
        }
        return MountBinding(
            root: description.root,
            rootOnly: description.rootOnly,
            devices: description.devices,
            ownProc: description.root != .hostItself && description.namespaces.contains("pid"),
            mounts: mounts + secrets,
            maskedPaths: maskedPaths,
            readonlyPaths: readonlyPaths,
            accounts: description.user.map == "none" && !makesUserNamespace ? nil : description.user,
            coversStore: description.coversStore,
            sharesNetwork: description.network == "host"
        )
    }

    private static func moved(_ mount: MountDescription, at: String, source: String?) -> MountDescription {
        MountDescription(
            mount.kind,
            at: at,
            field: mount.field,
            source: source,
            writable: mount.writable,
            size: mount.size,
            permissions: mount.permissions,
            text: mount.text,
            optional: mount.optional,
            tree: mount.tree
        )
    }
}

extension SandboxDescription {
    /// Whether a user namespace is made for this caller.
    func makesUserNamespace(isRoot: Bool) -> Bool {
        switch userNamespace {
        case .always: true
        case .never: false
        case .whenNotRoot: !isRoot
        }
    }
}
