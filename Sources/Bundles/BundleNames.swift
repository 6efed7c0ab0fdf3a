import ContentAddressing
import PipelineContracts

/// The names that a bundle may have in it; nothing else is taken.
enum BundleNames {
    static let layout = "oci-layout"
    static let index = "index.json"
    static let blobs = "blobs/sha256/"
    /// Folders of the layout, in order.
    static let folders = ["blobs", "blobs/sha256"]

    /// The folder in the image that is ours.
    static let folder = "sbxpipe"
    static let record = "sbxpipe/bundle.json"
    static let readme = "sbxpipe/README"

    /// The digest that the name of a blob says; nil for what is none.
    static func digest(ofBlob name: String) -> Digest? {
        name.hasPrefix(blobs) ? Digest(hex: name.dropFirst(blobs.utf8.count)) : nil
    }

    /// The stage and name of a file of ours in the image; nil for what is none.
    static func stageFile(_ path: String) -> (stage: StageName, name: String)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == folder, let stage = stages.first(where: { $0.folder == parts[1] }),
            isKnown(parts[2], of: stage)
        else { return nil }
        return (stage, parts[2])
    }

    /// The place of a stage's file in the image.
    static func file(_ stage: StageName, _ name: String) -> String { "\(folder)/\(stage.folder)/\(name)" }

    /// Stages whose files travel: what resolve found is evidence of another host.
    static let stages: [StageName] = [.env, .materialize, .archive, .launch, .collect]

    /// Their folders in the image.
    static let stageFolders = Set(stages.map { "\(folder)/\($0.folder)" })

    /// Whether a stage may have a file of this name beside layers.
    static func isKnown(_ name: String, of stage: StageName) -> Bool {
        switch stage {
        case .resolve: false
        case .collect where ["stderr", "combined", ArtefactKind.cast.file].contains(name): true
        default: ArtefactKind.all.contains { $0.stage == stage && $0.file == name && $0 != .layer }
        }
    }

    /// Whether a stage's file is one of the plan's layers, which lie beside.
    static func isLayer(_ name: String) -> Bool { name.hasPrefix("layer-") && name.hasSuffix(".tar") }
}
