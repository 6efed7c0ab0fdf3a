import HostFiles
package import PipelineContracts

/// The host as a command without a sandbox sees it: the whole of it, at its own paths.
package enum DirectHost {
    /// The tree to look the command and its outputs up in.
    ///
    /// Used before a plan, for `--print-command`, and at launch.
    ///
    /// - Throws: ``MountProblem`` when there is no working folder, or a place leads elsewhere than it did.
    package static func tree(_ binding: DirectBinding) throws(MountProblem) -> SandboxTree {
        try checkWorkdir(binding.workdir)
        for place in binding.places {
            guard let path = (try? AbsolutePath.real(place.at)) ?? nil, PathKey(path) == PathKey(place.path) else {
                throw MountProblem(
                    place.field,
                    "\(Printable.escaped(place.at)) does not lead to \(Printable.escaped(place.path)) any more",
                    hint: "plan the spec again"
                )
            }
        }
        var tree = SandboxTree()
        let whole = MountOperation.Action.bind(source: "/", writable: true, devices: true)
        tree.set(MountOperation(whole, at: "/", origin: .root, field: "root"))
        return tree
    }

    private static func checkWorkdir(_ workdir: String) throws(MountProblem) {
        let kind: FileKind?
        do throws(FileError) {
            kind = try FileStatus.of(workdir, following: true)?.kind
        } catch {
            throw MountProblem("workdir", "\(Printable.escaped(workdir)): \(error.reason)")
        }
        if kind == .folder { return }
        let problem = kind.map { "is a \($0.rawValue), not a folder" } ?? "no such folder"
        throw MountProblem("workdir", "\(problem): \(Printable.escaped(workdir))")
    }
}
