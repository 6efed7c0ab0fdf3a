import HostFiles

/// The place of a mount of the spec, which must be there unless it lies on a file system of the sandbox's own.
struct MountPoint {
    let field: String
    let path: String
    let isFolder: Bool

    init(_ field: String, _ path: String, isFolder: Bool) {
        self.field = field
        self.path = path
        self.isFolder = isFolder
    }

    /// The path without symlinks, where the launcher finds or makes the mount point.
    ///
    /// No launcher ever makes one in a host folder: what is missing there is an error.
    func canonical(in tree: SandboxTree) throws(MountProblem) -> String {
        if path == "/" { throw MountProblem(field, "nothing can be mounted over /", hint: "use \"root\"") }
        if path == "/proc" { throw MountProblem(field, "nothing can be mounted over /proc") }
        let hasOwnRoot = tree["/"] == nil
        if AbsolutePath.depth(path) == 1, hasOwnRoot, tree[path].map({ !isSymlink($0) }) ?? true {
            return path
        }
        let place = tree.resolve(path)
        if place == tree.resolve("/") { throw MountProblem(field, "\(Printable.escaped(path)) leads to /") }
        switch place {
        case .host(_, let kind, let inside):
            if (kind == .folder) != isFolder {
                let mine = isFolder ? "a folder" : "a file"
                throw MountProblem(
                    field,
                    "\(mine) can't be mounted over the \(kind.rawValue) \(Printable.escaped(path))"
                )
            }
            return inside
        case .own(let inside): return inside
        case .kernel(let inside):
            if AbsolutePath.contains("/dev", inside) { return inside }
            throw MountProblem(field, "nothing can be mounted below \(Printable.escaped(inside))")
        case .missing(let inside):
            guard tree.takesMountPoints(at: inside) else { throw missing(inside) }
            return tree.destination(of: path)
        }
    }

    private func missing(_ inside: String) -> MountProblem {
        MountProblem(
            field,
            "no mount point \(Printable.escaped(path)): there is no \(Printable.escaped(inside)), "
                + "and none is made in a host folder",
            hint: "mount at a top-level path such as /\(AbsolutePath.lastComponent(path)), or below a tmpfs"
        )
    }

    private func isSymlink(_ operation: MountOperation) -> Bool {
        if case .symlink = operation.action { return true }
        return false
    }
}
