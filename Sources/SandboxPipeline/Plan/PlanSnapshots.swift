import ArchiveStage
import ArtifactStore
import ContentAddressing
import HostFiles
import PipelineContracts
import RootFilesystems

/// The snapshots of a plan, in the order of its layers, whose last ones are theirs.
struct PlanSnapshots {
    struct Snapshot {
        /// The field of the spec.
        let field: String
        /// Inside, absolute and normalised.
        let place: String
        let tree: Digest
    }

    let snapshots: [Snapshot]
    private let root: PlanRoot?

    init(_ binding: RuntimeBinding) {
        root = (binding.mounts?.root).flatMap { PlanRoot($0) }
        snapshots = (binding.mounts?.mounts ?? []).compactMap { mount in
            guard mount.kind == .snapshot, let tree = mount.tree else { return nil }
            return Snapshot(field: mount.field, place: AbsolutePath.normalised(mount.at), tree: tree)
        }
    }

    /// What the archive is to hold of them; `sources` are those of `inputs.json`, `covered` what no snapshot holds.
    ///
    /// `recorded` are layers of an earlier plan, by field.
    func archived(
        from sources: [SourceFact],
        covering covered: [String],
        recorded: [String: Descriptor] = [:]
    ) -> [ArchivedSnapshot] {
        snapshots.compactMap { snapshot in
            guard let fact = sources.first(where: { $0.field == snapshot.field }) else { return nil }
            return ArchivedSnapshot(
                field: snapshot.field,
                source: SnapshotSource(fact.path, covering: covered),
                tree: snapshot.tree,
                place: snapshot.place,
                recorded: recorded[snapshot.field]
            )
        }
    }

    /// The layers, where all of them were made before.
    func recordedLayers(
        time: Int64,
        in store: Store,
        recorded: [String: Descriptor] = [:]
    ) throws -> [Descriptor]? {
        var layers: [Descriptor] = []
        for snapshot in snapshots {
            if let layer = recorded[snapshot.field] {
                layers.append(layer)
                continue
            }
            let layer = SnapshotLayer(tree: snapshot.tree, place: snapshot.place, time: time)
            guard let made = try layer.recorded(in: store) else { return nil }
            layers.append(made)
        }
        return layers
    }

    /// By field the paths that stand for the trees as long as they are not unpacked: what they were made of.
    func sources(of facts: [SourceFact]) -> [String: String] {
        var paths: [String: String] = [:]
        for snapshot in snapshots {
            paths[snapshot.field] = facts.first { $0.field == snapshot.field }?.path
        }
        return paths
    }

    /// By field the host paths of the trees, the root's among them, each unpacked unless it is there.
    func unpacked(_ layers: [Descriptor], _ store: Store, user: UInt32) throws -> [String: String] {
        var paths: [String: String] = [:]
        if let root { paths[PlanRoot.field] = try root.unpacked(layers, store, user: user) }
        guard !snapshots.isEmpty else { return paths }
        guard layers.count >= snapshots.count else {
            throw PipelineError(
                "the plan has \(snapshots.count) snapshots and \(layers.count) layers",
                hint: "plan the spec again"
            )
        }
        let trees = TreeStore(store, user: user)
        for (snapshot, layer) in zip(snapshots, layers.suffix(snapshots.count)) {
            paths[snapshot.field] = try trees.unpacked(layer, tree: snapshot.tree, at: snapshot.place)
        }
        return paths
    }
}
