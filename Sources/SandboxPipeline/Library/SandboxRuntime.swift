import SandboxSpec

/// What starts a command in its sandbox.
public enum SandboxRuntime: String, Sendable, Hashable, CaseIterable {
    /// The first of bubblewrap, runc, crun and gVisor that is there and can enforce what is asked for.
    case automatic = "auto"
    /// The launcher of bubblewrap.
    case bubblewrap = "bwrap"
    /// The reference runtime of the Open Container Initiative.
    case runc
    /// The runtime that podman prefers; it takes no host where cgroups of both versions hold controllers.
    case crun
    /// The runtime of gVisor, on the platform that a start shows to work.
    case gVisor = "runsc"
    /// None: the command is started as it is, with the preset `overlay` alone.
    case direct
}

extension SandboxSpecification {
    /// The same specification for a certain runtime.
    ///
    /// What that can't enforce on this host is for ``Pipeline/plan(_:)`` to refuse; no other takes its place.
    ///
    /// - Parameter runtime: The one to use.
    /// - Returns: A specification that names it.
    /// - Throws: ``SandboxError`` with `invalidSpecification` when what is asked for contradicts the runtime.
    public func using(_ runtime: SandboxRuntime) throws(SandboxError) -> SandboxSpecification {
        do {
            var flags = SharedFlags()
            flags.runtime = runtime.rawValue
            let spec = try SpecText.spec(from: try flags.apply(to: source.spec.json), source: source.label, name: name)
            return SandboxSpecification(
                source: SpecSource(spec: spec, label: source.label, file: source.file, base: source.base)
            )
        } catch {
            throw SandboxError(error, source: source.label)
        }
    }
}
