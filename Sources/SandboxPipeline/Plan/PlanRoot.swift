import ArtifactStore
import ContentAddressing
import PipelineContracts
import RootFilesystems
import SandboxSpec

/// The root of a plan that comes of layers, which are the first of the plan's.
struct PlanRoot {
    /// Their digests without compression.
    private let contents: [Digest]

    /// What the expansion of mounts calls it.
    static let field = "root"

    /// Nil for a root without layers.
    init?(_ root: SandboxDescription.Root) {
        guard let contents = root.layers else { return nil }
        self.contents = contents
    }

    /// The root's among a plan's layers.
    func layers(_ layers: [Descriptor]) throws -> [RootLayer] {
        guard layers.count >= contents.count else {
            throw PipelineError(
                "the plan's root has \(contents.count) layers, the plan \(layers.count)",
                hint: "plan the spec again"
            )
        }
        return zip(layers, contents).map { RootLayer(blob: $0, contents: $1) }
    }

    /// The host path of its tree, which is unpacked unless it is there; `layers` are the plan's.
    func unpacked(_ layers: [Descriptor], _ store: Store, user: UInt32) throws -> String {
        do {
            return try TreeStore(store, user: user).unpacked(try self.layers(layers))
        } catch let error as RootFilesystemError {
            throw PipelineError("root: \(error.message)", hint: error.hint)
        }
    }

    /// The same, where it is unpacked already; nil else.
    func present(_ layers: [Descriptor], _ store: Store, user: UInt32) throws -> String? {
        try TreeStore(store, user: user).present(try self.layers(layers))
    }
}

extension Spec {
    /// The same with what its root's image says where it says nothing itself.
    ///
    /// - Throws: ``SpecError`` for a command that nobody names, and a user that only the image's own files know.
    func completed(by root: RootFact) throws(SpecError) -> Spec {
        var spec = self
        if spec.command.isEmpty { spec.command = root.command }
        guard let name = spec.command.first, !name.isEmpty else {
            throw SpecError(field: "command", message: "missing: the root's image names none either")
        }
        if spec.workdir == nil { spec.workdir = root.workdir }
        guard let user = root.user, spec.user.uid == nil, spec.user.gid == nil, spec.user.map != Spec.User.Map.none
        else {
            return spec
        }
        let parts = user.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard let uid = parts[0], parts.count <= 2, parts.count == 1 || parts[1] != nil else {
            throw SpecError(
                field: "user",
                message: "the root's image has user \"\(user)\", of which only its own files tell the number",
                hint: "say user.uid and user.gid"
            )
        }
        if uid != 0 { spec.user.uid = uid }
        if parts.count == 2, let gid = parts[1], gid != 0 { spec.user.gid = gid }
        return spec
    }
}
