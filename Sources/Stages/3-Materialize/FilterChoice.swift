import ContentAddressing
import JSONText
import PipelineContracts
import SandboxSpec
import SeccompFilter

/// The filter of system calls that a spec comes to; nil for none.
///
/// The built-in one is made only where it is written: making it takes longer than all else of a plan that is in the cache,
/// and its digest is known (``SeccompProfile/knownDigest(machine:capabilities:)``).
struct FilterChoice {
    /// Of the filter in canonical JSON.
    let digest: Digest
    private let profile: () -> SeccompProfile

    /// The built-in filter lets through what the capabilities that are kept are for.
    ///
    /// `file` is what the spec's seccomp file holds.
    init?(_ effective: EffectiveSpec, _ host: HostFacts, file: SeccompProfile?) {
        switch effective.seccomp.value {
        case .unconfined: return nil
        case .file:
            guard let file else { return nil }
            profile = { file }
        case .standard:
            let kept: [String] =
                switch effective.capabilities.value {
                case .exactly(let list): list.map(\.name)
                case .callers(let dropping, let adding):
                    (Capability.list(mask: host.capabilities).filter { !dropping.contains($0) } + adding).map(\.name)
                }
            profile = { .standard(machine: host.machine, capabilities: kept) }
            if let known = SeccompProfile.knownDigest(machine: host.machine, capabilities: kept).flatMap(
                Digest.init(hex:)
            ) {
                digest = known
                return
            }
        }
        digest = Digest.of(profile().json.canonical())
    }

    /// `linux.seccomp` of the OCI runtime specification.
    var json: JSONValue { profile().json }
}
