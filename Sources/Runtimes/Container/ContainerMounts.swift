import HostFiles
import JSONText
import PipelineContracts

/// The mounts of a launch as the OCI runtime specification has them, and what has to lie in the bundle for them.
struct ContainerMounts {
    private(set) var mounts: [JSONValue] = []
    /// Masked and read-only paths that are files of the kernel's, which the runtime covers itself.
    private(set) var masked: [String] = []
    private(set) var readonly: [String] = []
    /// By path below the bundle, in the order in which they are made.
    private(set) var entries: [(path: String, entry: ContainerBundle.Entry)] = [("rootfs", .folder)]

    /// Files of secrets' values below the private folder.
    private(set) var secrets: [(path: String, name: String)] = []

    private let runtime: ContainerRuntime
    private let folder: String
    private let privateFolder: String
    private let isRoot: Bool
    /// Mount options that give a tmpfs to the command's user, where that is not who makes it.
    private let ownerOptions: [String]

    /// `owner` has the ids of the command where the runtime's own are 0; `folder` is the bundle's path on the host, `privateFolder` that of what nobody else may ever see.
    ///
    /// - Throws: ``MountProblem`` for what the runtime can't mount.
    init(
        _ tree: SandboxTree,
        _ runtime: ContainerRuntime,
        folder: String,
        privateFolder: String,
        isRoot: Bool,
        owner: (user: UInt32, group: UInt32)
    ) throws(MountProblem) {
        self.runtime = runtime
        self.folder = folder
        self.privateFolder = privateFolder
        self.isRoot = isRoot
        ownerOptions = owner == (0, 0) ? [] : ["uid=\(owner.user)", "gid=\(owner.group)"]
        for operation in tree.ordered { try add(operation, tree) }
    }

    private mutating func add(_ operation: MountOperation, _ tree: SandboxTree) throws(MountProblem) {
        let at = operation.at
        if AbsolutePath.contains("/proc", at), at != "/proc" { return try addKernelFile(operation) }
        if AbsolutePath.depth(at) == 1 || tree.liesOnRoot(at) {
            addFolders(above: at)
            addPlace(operation)
            // A folder of the root's own needs no mount.
            if case .folder = operation.action { return }
        }
        switch operation.action {
        case .bind(let source, let writable, let devices):
            let isFolder = isFolder(source)
            // crun opens the folders that it mounts (tried).
            if runtime == .crun, isFolder, !isRoot, !FileMode.mayRead(source) {
                // Nor could the command look into it.
                if !FileMode.mayExecute(source) { return addTmpfs(at, ["ro", "mode=000", "size=4k"]) }
                throw MountProblem(
                    operation.field,
                    "crun mounts no folder that the caller can't read: \(source)",
                    hint: "runtime \"bwrap\" or \"runc\" does"
                )
            }
            let options = runtime.bindOptions(isFolder: isFolder, writable: writable, devices: devices)
            add(at, "bind", source, options)
        case .symlink: return
        case .tmpfs(let size, let permissions):
            addTmpfs(at, ["rw", "mode=" + permissions] + ownerOptions + (size.map { ["size=\($0)"] } ?? []))
        case .folder: addTmpfs(at, ["rw", "mode=755"] + ownerOptions + sizeOption(above: at, tree))
        case .text(let text, let permissions):
            let name = "files/\(entries.count)"
            addFile(name, text, UInt32(permissions, radix: 8) ?? 0o644)
            let options = runtime.bindOptions(isFolder: false, writable: false, devices: false)
            add(at, "bind", AbsolutePath.join(folder, name), options)
        case .secret(let name):
            let path = "secrets/\(secrets.count)"
            secrets.append((path, name))
            // A tmpfs of the host's may be noexec, and in a user namespace no bind of it can be without (tried, runc).
            let options = runtime.bindOptions(isFolder: false, writable: false, devices: false) + ["noexec"]
            add(at, "bind", AbsolutePath.join(privateFolder, path), options)
        case .emptyFolder: addTmpfs(at, ["ro", "mode=755", "size=4k"])
        case .emptyFile: addEmptyFile(at, tree)
        case .proc: add(at, "proc", "proc", ["nosuid", "nodev", "noexec"])
        case .devices:
            add(at, "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"])
            add("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"])
        }
    }

    /// What lies directly in the root, which is a folder of ours and read-only inside, is made beforehand.
    private mutating func addPlace(_ operation: MountOperation) {
        let place = "rootfs" + operation.at
        switch operation.action {
        case .symlink(let target): entries.append((place, .symlink(target: target)))
        case .text, .secret, .emptyFile: entries.append((place, .file(text: "", permissions: 0o644)))
        case .bind(let source, _, _):
            entries.append((place, isFolder(source) ? .folder : .file(text: "", permissions: 0o644)))
        default: entries.append((place, .folder))
        }
    }

    /// Folders of a root with nothing in it, above a mount point.
    private mutating func addFolders(above at: String) {
        let above = AbsolutePath.parent(at)
        guard above != "/", !entries.contains(where: { $0.path == "rootfs" + above }) else { return }
        addFolders(above: above)
        entries.append(("rootfs" + above, .folder))
    }

    private func isFolder(_ source: String) -> Bool { ((try? FileStatus.of(source)) ?? nil)?.kind == .folder }

    /// A tmpfs over a tmpfs is bounded as that is.
    private func sizeOption(above at: String, _ tree: SandboxTree) -> [String] {
        guard case .tmpfs(let size?, _)? = tree.governing(AbsolutePath.parent(at))?.action else { return [] }
        return ["size=\(size)"]
    }

    /// Covers and read-only binds below /proc, which no runtime mounts anything at.
    private mutating func addKernelFile(_ operation: MountOperation) throws(MountProblem) {
        let name = runtime.rawValue
        switch operation.action {
        case _ where runtime.isGVisor:
            throw MountProblem(operation.field, "\(name) mounts nothing below /proc", hint: "runtime \"bwrap\" does")
        case .emptyFile, .emptyFolder: masked.append(operation.at)
        case .bind(let source, false, _) where source == operation.at: readonly.append(operation.at)
        default:
            throw MountProblem(operation.field, "\(name) mounts nothing below /proc", hint: "runtime \"bwrap\" does")
        }
    }

    /// A file that can't be opened: the null device on a mount without devices, for gVisor a file without permissions.
    private mutating func addEmptyFile(_ at: String, _ tree: SandboxTree) {
        var source = "/dev/null"
        if runtime.isGVisor {
            // Nor can gVisor open what it is to cover, as the caller that it is (tried), and no command can through it.
            if !isRoot, let covered = covered(at, tree), !FileMode.mayRead(covered) { return }
            if !entries.contains(where: { $0.path == Self.emptyFile }) { addFile(Self.emptyFile, "", 0) }
            source = AbsolutePath.join(folder, Self.emptyFile)
        }
        add(at, "bind", source, ["bind", "rprivate", "ro", "nosuid", "nodev", "noexec"])
    }

    /// The host's file that a cover lies on.
    private func covered(_ at: String, _ tree: SandboxTree) -> String? {
        guard let below = tree.governing(AbsolutePath.parent(at)), let source = below.source else { return nil }
        return AbsolutePath.join(source, AbsolutePath.relative(at, to: below.at))
    }

    private static let emptyFile = "files/empty"

    private mutating func addFile(_ path: String, _ text: String, _ permissions: UInt32) {
        if !entries.contains(where: { $0.path == "files" }) { entries.append(("files", .folder)) }
        entries.append((path, .file(text: text, permissions: permissions)))
    }

    private mutating func addTmpfs(_ at: String, _ options: [String]) {
        add(at, "tmpfs", "tmpfs", ["nosuid", "nodev"] + options)
    }

    private mutating func add(_ at: String, _ type: String, _ source: String, _ options: [String]) {
        mounts.append([
            "destination": .string(at), "type": .string(type), "source": .string(source), "options": .strings(options),
        ])
    }
}
