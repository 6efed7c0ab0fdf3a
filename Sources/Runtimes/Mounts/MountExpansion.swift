import HostFiles
package import PipelineContracts
import SandboxSpec

/// Turns a binding's mounts and symbols into the operations of one launch on this host.
///
/// Used before a plan (to find what can't be), for `--print-command`, and at launch: the same code each time.
package struct MountExpansion {
    /// The finished tree.
    package internal(set) var tree = SandboxTree()
    /// Output mounts on a tmpfs: path inside of the tmpfs, and its size limit in bytes.
    package internal(set) var outputMounts: [(at: String, size: Int64?)] = []
    /// Hide and readonly rules whose path is not there and can't be made inside.
    package internal(set) var satisfied: [String] = []

    let binding: MountBinding
    private let workdir: String
    private let outputs: [OutputRule]
    let host: HostView
    /// Host paths of snapshots by their fields: the sources before they are unpacked, then the unpacked trees.
    let snapshots: [String: String]
    /// Where the snapshots lie inside.
    var snapshotPlaces: [String] = []
    /// Host path of the tree that the root comes of; nil for another root.
    var rootTree: String? { binding.root.layers == nil ? nil : snapshots["root"] }
    /// Folders of the host that a preset's tmpfs covers.
    var covered: [String] = []

    /// Expands a binding.
    ///
    /// - Throws: ``MountProblem`` for what can't be mounted here.
    package init(
        _ binding: MountBinding,
        workdir: String,
        outputs: [OutputRule],
        snapshots: [String: String] = [:],
        host: HostView
    ) throws(MountProblem) {
        self.binding = binding
        self.snapshots = snapshots
        self.host = host
        self.workdir = workdir
        self.outputs = outputs
        try addRoot()
        try addKernelFileSystems()
        try addPresetTmpfs()
        try addMounts()
        addWorkdir(workdir)
        addNetworkFiles()
        addAccounts()
        try addHides()
        try addReadonly()
        addMasks()
        try addCovers()
        try findOutputs(outputs)
        try checkWorkdir(workdir)
    }

    /// Whether this is the expansion of that archive's binding, so that one made a moment ago need not be made again.
    package func isOf(
        _ binding: MountBinding,
        workdir: String,
        outputs: [OutputRule],
        snapshots: [String: String]
    ) -> Bool {
        self.binding == binding && self.workdir == workdir && self.outputs == outputs && self.snapshots == snapshots
    }

    mutating func addRoot() throws(MountProblem) {
        if binding.root == .hostItself {
            tree.set(
                MountOperation(
                    .bind(source: "/", writable: true, devices: true),
                    at: "/",
                    origin: .root,
                    field: "root"
                )
            )
            return
        }
        switch binding.root {
        case .layers: return try addTree()
        case .empty: tree.rootTakesMountPoints = true
        default: try addEntries(of: "/", only: binding.rootOnly?.compactMap { Glob($0) })
        }
    }

    /// Shows what lies directly in a folder; a symlink there becomes one in the root.
    mutating func addEntries(of folder: String, only: [Glob]? = nil) throws(MountProblem) {
        let names: [[UInt8]]
        do { names = try Folder.names(folder) } catch { throw MountProblem("root", "\(error)") }
        for bytes in names {
            let path = "/" + String(decoding: bytes, as: UTF8.self)
            if let only, !only.contains(where: { $0.matches(path) }) { continue }
            let source = folder == "/" ? path : folder + path
            guard let status = (try? FileStatus.of(source)) ?? nil else { continue }
            if status.kind == .symlink {
                guard let target = try? Folder.target(of: source) else { continue }
                tree.set(MountOperation(.symlink(target: target), at: path, origin: .root, field: "root"))
            } else if status.kind == .folder || status.kind == .file {
                let action = MountOperation.Action.bind(
                    source: source,
                    writable: binding.root == .hostWritable,
                    devices: false
                )
                tree.set(MountOperation(action, at: path, origin: .root, field: "root"))
            }
        }
    }

    mutating func addKernelFileSystems() throws(MountProblem) {
        guard binding.root != .hostItself else { return }
        if binding.ownProc {
            tree.replace(MountOperation(.proc, at: "/proc", origin: .root, field: "namespaces.pid"))
        } else if !binding.root.isHost {
            let action = MountOperation.Action.bind(source: "/proc", writable: !binding.coversStore, devices: false)
            tree.replace(MountOperation(action, at: "/proc", origin: .root, field: "namespaces.pid"))
        }
        func deviceBind(_ path: String) -> MountOperation {
            MountOperation(
                .bind(source: path, writable: true, devices: true),
                at: path,
                origin: .root,
                field: "devices"
            )
        }
        switch binding.devices {
        case .host: tree.replace(deviceBind("/dev"))
        case .minimal: tree.replace(MountOperation(.devices, at: "/dev", origin: .root, field: "devices"))
        case .paths(let paths):
            tree.replace(MountOperation(.devices, at: "/dev", origin: .root, field: "devices"))
            for (index, path) in paths.enumerated() {
                let kind = ((try? FileStatus.of(path, following: true)) ?? nil)?.kind
                let isFolderOfDevices = kind == .folder && AbsolutePath.contains("/dev", path) && path != "/dev"
                guard kind == .characterDevice || kind == .blockDevice || isFolderOfDevices else {
                    let what = kind.map { "is a \($0.rawValue), not a device" } ?? "no such device"
                    throw MountProblem("devices[\(index)]", "\(what): \(Printable.escaped(path))")
                }
                tree.set(deviceBind(path))
            }
        }
    }

    mutating func addPresetTmpfs() throws(MountProblem) {
        for mount in binding.mounts where mount.kind == .tmpfs && mount.isPreset {
            var path = mount.at
            if path == "@caller-runtime" {
                guard let folder = host.runtimeFolder else { continue }
                path = folder
            }
            // What is a symlink, or not there, is reached only through what is covered anyway.
            if AbsolutePath.depth(path) > 1 {
                switch tree.resolve(path, following: false) {
                case .host(_, .folder, path), .kernel: break
                default: continue
                }
            } else if case .symlink? = tree[path]?.action {
                continue
            }
            tree.replace(
                MountOperation(
                    .tmpfs(size: mount.size, permissions: mount.permissions ?? "1777"),
                    at: path,
                    origin: .preset,
                    field: "preset"
                )
            )
            covered.append(path)
        }
    }

    /// Kinds of mounts that show something at their places, and are no rules on what others show.
    private static let shown: [MountDescription.Kind] = [.bind, .snapshot, .tmpfs, .text, .secret]

    mutating func addMounts() throws(MountProblem) {
        let mounts = binding.mounts
            .filter { !$0.isPreset && Self.shown.contains($0.kind) }
            .map { (path: AbsolutePath.normalised($0.at), mount: $0) }
            .sorted { AbsolutePath.depth($0.path) < AbsolutePath.depth($1.path) }
        for (path, mount) in mounts {
            let action: MountOperation.Action
            var isFolder = true
            switch mount.kind {
            case .bind, .snapshot:
                let source = (mount.kind == .snapshot ? snapshots[mount.field] : mount.source) ?? ""
                guard let status = (try? FileStatus.of(source)) ?? nil else {
                    throw MountProblem("\(mount.field)", "no such file or folder: \(Printable.escaped(source))")
                }
                isFolder = status.kind == .folder
                action = .bind(source: source, writable: mount.writable, devices: false)
            case .tmpfs: action = .tmpfs(size: mount.size, permissions: mount.permissions ?? "1777")
            case .secret:
                isFolder = false
                action = .secret(mount.source ?? "")
            default:
                isFolder = false
                action = .text(mount.text ?? "", permissions: mount.permissions ?? "0644")
            }
            let place = try MountPoint(mount.field, path, isFolder: isFolder).canonical(in: tree)
            if mount.kind == .snapshot { snapshotPlaces.append(place) }
            tree.replace(MountOperation(action, at: place, origin: .spec, field: mount.field))
        }
    }

    /// A working folder on a file system of the sandbox's own is made there.
    mutating func addWorkdir(_ workdir: String) {
        guard case .missing(let inside) = tree.resolve(workdir), tree.takesMountPoints(at: inside) else { return }
        tree.set(MountOperation(.folder, at: tree.destination(of: workdir), origin: .spec, field: "workdir"))
    }

    func checkWorkdir(_ workdir: String) throws(MountProblem) {
        switch tree.resolve(workdir) {
        case .own(let inside):
            switch tree[inside]?.action {
            case .text, .secret, .emptyFile:
                throw MountProblem("workdir", "is a file inside, not a folder: \(Printable.escaped(workdir))")
            default: return
            }
        case .host(_, .folder, _): return
        case .kernel(let inside):
            throw MountProblem("workdir", "lies in the kernel's own files: \(Printable.escaped(inside))")
        case .host(_, let kind, _):
            throw MountProblem("workdir", "is a \(kind.rawValue) inside, not a folder: \(Printable.escaped(workdir))")
        case .missing:
            throw MountProblem(
                "workdir",
                "no such folder inside: \(Printable.escaped(workdir))",
                hint: "mount one there, or choose a folder on a tmpfs, where it is made"
            )
        }
    }
}
