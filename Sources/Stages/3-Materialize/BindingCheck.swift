import ContentAddressing
import JSONText
package import PipelineContracts
import Runtimes
import SandboxSpec
import SeccompFilter

/// Looks whether a binding that others wrote is what its description comes to, but for what this host alone can tell.
///
/// That is the real paths of sources, where secrets are read, and who the caller was: these are the binding's to say, and
/// what is asked for when it is to be launched.
package struct BindingCheck {
    private let description: SandboxDescription
    private let home: String
    private let isRoot: Bool
    private let machine: String
    private let capabilities: String

    /// `home`, `machine` and effective `capabilities` are the caller's here.
    package init(
        _ description: SandboxDescription,
        home: String,
        isRoot: Bool,
        machine: String,
        capabilities: String
    ) {
        self.isRoot = isRoot
        self.description = description
        self.home = home
        self.machine = machine
        self.capabilities = capabilities
    }

    /// The member of the document that is another than the description's; nil where there is none.
    package func difference(of binding: RuntimeBinding) -> String? {
        switch binding {
        case .bubblewrap(let binding):
            let differences = [isRoot, !isRoot].map { difference(binding, lowered(like: binding, isRoot: $0)) }
            return differences.contains(nil) ? nil : differences[0]
        case .direct(let binding):
            // It contains nothing, and so is for descriptions alone that say so.
            if description.root != .hostItself { return "runtime" }
            return binding.workdir == description.workdir ? nil : "workdir"
        case .container: return "runtime"
        }
    }

    private func lowered(like binding: BubblewrapBinding, isRoot: Bool) -> BubblewrapBinding {
        var sources = binding.mounts.mounts.compactMap { mount in
            mount.source.map { SourceFact(field: mount.field, declared: $0, path: $0, kind: "unknown", digest: nil) }
        }
        if case .file(let file, _) = description.stdin, let path = binding.stdinFile {
            sources.append(SourceFact(field: "stdin", declared: file, path: path, kind: "file", digest: nil))
        }
        return BubblewrapLowering.lower(
            description,
            sources: sources,
            home: home,
            isRoot: isRoot,
            version: binding.version,
            reaper: binding.reaper,
            mappers: binding.mappers,
            seccomp: profile,
            secrets: binding.secrets
        )
    }

    private func difference(_ found: BubblewrapBinding, _ lowered: BubblewrapBinding) -> String? {
        let fields = Set(found.mounts.mounts.map(\.field))
        let isWhole = description.mounts.allSatisfy { $0.kind != .bind || $0.optional || fields.contains($0.field) }
        if !isWhole { return "mounts" }
        let (json, other) = (found.json.objectValue ?? [:], lowered.json.objectValue ?? [:])
        return Set(json.keys).union(other.keys).sorted().first { json[$0] != other[$0] }
    }

    /// The filter that the description's word stands for here.
    private var profile: Digest? {
        switch description.seccomp {
        case "unconfined": return nil
        case "default":
            let callers = Capability.list(mask: capabilities).map(\.name)
            let kept = description.capabilities ?? callers.filter { !description.droppedCapabilities.contains($0) }
            let all = description.capabilities == nil ? kept + description.addedCapabilities : kept
            return SeccompProfile.knownDigest(machine: machine, capabilities: all).flatMap(Digest.init(hex:))
                ?? Digest.of(SeccompProfile.standard(machine: machine, capabilities: all).json.canonical())
        default: return Digest(description.seccomp)
        }
    }
}
