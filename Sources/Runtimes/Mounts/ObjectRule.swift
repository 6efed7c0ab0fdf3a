import HostFiles

/// A rule on an object of the host: hidden, or read-only, wherever a mount shows it.
struct ObjectRule {
    enum Effect { case hide, readonly }

    /// Real path on the host.
    let object: String
    let effect: Effect
    let origin: MountOperation.Origin
    let field: String
    /// A preset's rule does not reach what the spec mounts by name.
    let sparesNamedMounts: Bool
    /// Places inside of mounts that it does not reach.
    var spared: [String] = []

    /// Puts the rule's operations into the tree.
    ///
    /// Every folder between a writable mount and the place is bound on itself: a mount point can't be renamed, so no
    /// command can move a cover away by the folder above it.
    ///
    /// - Returns: Whether a mount shows the object.
    @discardableResult
    func apply(to tree: inout SandboxTree, _ host: HostView) -> Bool {
        var isShown = false
        for name in host.mountTable.aliases(of: object) {
            for operation in tree.operations {
                guard case .bind(let source, let writable, let devices) = operation.action else { continue }
                if spared.contains(where: { AbsolutePath.isSame($0, operation.at) }) { continue }
                if sparesNamedMounts, operation.origin == .spec, AbsolutePath.contains(name, source) { continue }
                if AbsolutePath.contains(source, name) {
                    let inside = AbsolutePath.join(operation.at, AbsolutePath.relative(name, to: source))
                    guard tree.governing(inside).map({ AbsolutePath.isSame($0.at, operation.at) }) == true else {
                        continue
                    }
                    guard let status = (try? FileStatus.of(name)) ?? nil else { continue }
                    if writable { pin(from: operation.at, source: source, to: inside, devices, &tree) }
                    put(at: inside, source: name, status.kind, &tree)
                    isShown = true
                } else if AbsolutePath.contains(name, source), let status = (try? FileStatus.of(source)) ?? nil {
                    put(at: operation.at, source: source, status.kind, &tree)
                    isShown = true
                }
            }
        }
        return isShown
    }

    private func put(at inside: String, source: String, _ kind: FileKind, _ tree: inout SandboxTree) {
        let action: MountOperation.Action =
            switch effect {
            case .readonly: .bind(source: source, writable: false, devices: false)
            case .hide: kind == .folder ? .emptyFolder : .emptyFile
            }
        tree.replace(MountOperation(action, at: inside, origin: origin, field: field))
    }

    private func pin(
        from mount: String,
        source: String,
        to inside: String,
        _ devices: Bool,
        _ tree: inout SandboxTree
    ) {
        var folder = AbsolutePath.parent(inside)
        while folder.utf8.count > mount.utf8.count, AbsolutePath.contains(mount, folder) {
            if tree[folder] == nil {
                let origin = AbsolutePath.join(source, AbsolutePath.relative(folder, to: mount))
                tree.replace(
                    MountOperation(
                        .bind(source: origin, writable: true, devices: devices),
                        at: folder,
                        origin: .rule,
                        field: field
                    )
                )
            }
            folder = AbsolutePath.parent(folder)
        }
    }
}
