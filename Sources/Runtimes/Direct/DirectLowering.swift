import HostFiles
package import PipelineContracts

/// Makes the binding of a description to this host where nothing is mounted.
package enum DirectLowering {
    /// Lowers a description; `sources` are the real paths of what its binds name and of their places, by field.
    ///
    /// What can't be had without mounts is left out: the enforcement says so, and the caller has allowed it.
    package static func lower(
        _ description: SandboxDescription,
        sources: [SourceFact],
        home: String,
        secrets: [SecretBinding] = []
    ) -> DirectBinding {
        let places = description.mounts.compactMap { mount -> DirectBinding.Place? in
            guard mount.kind == .bind, let source = fact(mount.field, sources), !source.isAbsent else { return nil }
            // A broker's files are mounted at their own paths, by whatever symlinks these lead there.
            let isBroker = !mount.field.hasPrefix("mounts[")
            guard isBroker || lack(of: mount.field, writable: mount.writable, sources) == nil else { return nil }
            let at = mount.at.hasPrefix("~") ? home + mount.at.dropFirst() : mount.at
            return DirectBinding.Place(field: mount.field, at: AbsolutePath.normalised(at), path: source.path)
        }
        return DirectBinding(
            workdir: description.workdir,
            places: places,
            stdinFile: fact("stdin", sources)?.path,
            secrets: secrets
        )
    }

    /// Why a bind can't be had without mounts; nil when its source lies at its place already and may be written, and when
    /// it is absent, which only an optional one is.
    static func lack(of field: String, writable: Bool, _ sources: [SourceFact]) -> String? {
        guard let source = fact(field, sources), !source.isAbsent else { return nil }
        guard let place = fact(field + ".at", sources), !place.isAbsent, PathKey(place.path) == PathKey(source.path)
        else {
            return "it makes no mounts, and the source lies elsewhere"
        }
        return writable ? nil : "it makes no mounts, and can't make the source read-only"
    }

    private static func fact(_ field: String, _ sources: [SourceFact]) -> SourceFact? {
        sources.first { $0.field == field }
    }
}
