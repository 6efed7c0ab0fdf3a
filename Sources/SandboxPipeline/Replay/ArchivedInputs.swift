import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore
import ResolveStage
import RootFilesystems
import SandboxSpec

/// What a plan holds of the host that it was made on, so that it is the same sandbox on another one.
struct ArchivedInputs: Sendable {
    /// The environment as it was; nil where the spec that is to be planned says something else about it.
    let environment: RenderedEnvironment?
    let inputs: RecordedInputs
    /// Layers of the snapshots, by the field of the mount.
    let layers: [String: Descriptor]
    /// Whether the plan came from elsewhere, where its relative paths start.
    let isFromElsewhere: Bool

    /// Fields of a spec that its environment depends on.
    private static let environmentFields = ["env", "workdir", "secrets", "broker", "preset", "tty"]

    /// Reads them for a spec that is the plan's, or was made of it; snapshots are unpacked.
    ///
    /// - Throws: ``PipelineError``, ``StoreError``, ``LaunchError``.
    init(of ref: PlanRef, for spec: Spec, _ context: PipelineContext) throws {
        let store = context.store
        isFromElsewhere = ref.base.isEmpty
        let manifest = try PlanManifest(try Documents.read(ref.plan, from: store))
        let archive = try PlanArchive(unpacking: try store.read(manifest.archive.digest))
        guard let digest = ref.receipts[.archive] else { throw PipelineError("plan \(ref.plan) has no archive") }
        let receipt = try Documents.receipt(digest, from: store)
        let before = try Documents.read(try receipt.file(.specification).digest, from: store)
        let now = spec.json

        let isSame = Self.environmentFields.allSatisfy { before[$0] == now[$0] } && now["broker"] == nil
        environment = isSame ? archive.environment : nil

        let snapshots = PlanSnapshots(archive.binding)
        let paths = try snapshots.unpacked(manifest.layers, store, user: context.identity.user)
        var trees: [String: RecordedInputs.Tree] = [:]
        var layers: [String: Descriptor] = [:]
        let (oldMounts, newMounts) = (before["mounts"]?.arrayValue ?? [], now["mounts"]?.arrayValue ?? [])
        for (snapshot, layer) in zip(snapshots.snapshots, manifest.layers.suffix(snapshots.snapshots.count)) {
            // A mount that was changed is another's, whose source is to be looked at here.
            guard let index = Self.index(ofMount: snapshot.field), index < oldMounts.count, index < newMounts.count,
                oldMounts[index] == newMounts[index], let path = paths[snapshot.field]
            else { continue }
            trees[snapshot.field] = RecordedInputs.Tree(digest: snapshot.tree, path: path)
            layers[snapshot.field] = layer
        }
        self.layers = layers

        var profile: [UInt8]?
        if let file = now["security"]?["seccomp"]?["file"], file == before["security"]?["seccomp"]?["file"],
            let filter = archive.binding.filter
        {
            profile = try store.read(filter)
        }
        inputs = RecordedInputs(
            variables: Self.inherited(archive.environment, declared: Set(spec.secrets.keys)),
            trees: trees,
            profile: profile,
            root: before["root"] == now["root"] ? try Self.root(archive, manifest) : nil
        )
    }

    /// The root's layers, and what its image gave the environment; the rest of that stands in the archived spec.
    private static func root(_ archive: PlanArchive, _ manifest: PlanManifest) throws -> RootContent? {
        guard let root = PlanRoot(archive.description.root) else { return nil }
        var content = RootContent(layers: try root.layers(manifest.layers))
        content.defaults.environment = archive.environment.variables.compactMap { variable in
            variable.origin == .image ? variable.entry : nil
        }
        return content
    }

    /// What was taken from the caller then: PATH may have had a folder put in since.
    private static func inherited(_ environment: RenderedEnvironment, declared: Set<String>) -> [String: String] {
        var variables: [String: String] = [:]
        for variable in environment.variables {
            switch variable.origin {
            case .inherited, .path: variables[variable.name] = variable.value
            case .secret where !declared.contains(variable.name): variables[variable.name] = ""
            default: break
            }
        }
        return variables
    }

    private static func index(ofMount field: String) -> Int? {
        guard field.hasPrefix("mounts["), field.hasSuffix("]") else { return nil }
        return Int(field.dropFirst(7).dropLast())
    }
}
