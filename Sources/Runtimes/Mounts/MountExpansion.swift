import HostFiles
package import PipelineContracts
import SandboxSpec

/// Turns a binding's mounts and symbols into the operations of one launch on this host.
///
/// Used before a plan (to find what can't be), for `--print-command`, and at launch: the same code each time.
package struct MountExpansion {
    /// The finished tree.
    package private(set) var tree = SandboxTree()
    /// Output mounts on a tmpfs: path inside of the tmpfs, and its size limit in bytes.
    package private(set) var outputMounts: [(at: String, size: Int64?)] = []
    /// Hide and readonly rules whose path is not there and can't be made inside.
    package private(set) var satisfied: [String] = []

    private let binding: BubblewrapBinding
    private let host: HostView

    /// Expands a binding.
    ///
    /// - Throws: ``MountProblem`` for what can't be mounted here.
    package init(
        _ binding: BubblewrapBinding,
        workdir: String,
        outputs: [OutputRule],
        host: HostView
    ) throws(MountProblem) {
        self.binding = binding
        self.host = host
        try addRoot()
        addKernelFileSystems()
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

    private mutating func addRoot() throws(MountProblem) {
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
        let only = binding.rootOnly?.compactMap { Glob($0) }
        let names: [[UInt8]]
        do { names = try Folder.names("/") } catch { throw MountProblem("root", "\(error)") }
        for bytes in names {
            let path = "/" + String(decoding: bytes, as: UTF8.self)
            if let only, !only.contains(where: { $0.matches(path) }) { continue }
            guard let status = (try? FileStatus.of(path)) ?? nil else { continue }
            if status.kind == .symlink {
                guard let target = try? Folder.target(of: path) else { continue }
                tree.set(MountOperation(.symlink(target: target), at: path, origin: .root, field: "root"))
            } else if status.kind == .folder || status.kind == .file {
                let action = MountOperation.Action.bind(
                    source: path,
                    writable: binding.root == .hostWritable,
                    devices: false
                )
                tree.set(MountOperation(action, at: path, origin: .root, field: "root"))
            }
        }
    }

    private mutating func addKernelFileSystems() {
        guard binding.root != .hostItself else { return }
        if binding.ownProc {
            tree.replace(MountOperation(.proc, at: "/proc", origin: .root, field: "namespaces.pid"))
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
            for path in paths { tree.set(deviceBind(path)) }
        }
    }

    private mutating func addPresetTmpfs() throws(MountProblem) {
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
        }
    }

    private mutating func addMounts() throws(MountProblem) {
        let mounts = binding.mounts
            .filter { !$0.isPreset && ($0.kind == .bind || $0.kind == .tmpfs || $0.kind == .text) }
            .map { (path: AbsolutePath.normalised($0.at), mount: $0) }
            .sorted { AbsolutePath.depth($0.path) < AbsolutePath.depth($1.path) }
        for (path, mount) in mounts {
            let action: MountOperation.Action
            var isFolder = true
            switch mount.kind {
            case .bind:
                let source = mount.source ?? ""
                guard let status = (try? FileStatus.of(source)) ?? nil else {
                    throw MountProblem("\(mount.field)", "no such file or folder: \(Printable.escaped(source))")
                }
                isFolder = status.kind == .folder
                action = .bind(source: source, writable: mount.writable, devices: false)
            case .tmpfs: action = .tmpfs(size: mount.size, permissions: mount.permissions ?? "1777")
            default:
                isFolder = false
                action = .text(mount.text ?? "", permissions: mount.permissions ?? "0644")
            }
            let place = try MountPoint(mount.field, path, isFolder: isFolder).canonical(in: tree)
            tree.replace(MountOperation(action, at: place, origin: .spec, field: mount.field))
        }
    }

    /// A working folder on a file system of the sandbox's own is made there.
    private mutating func addWorkdir(_ workdir: String) {
        guard case .missing(let inside) = tree.resolve(workdir), tree.governing(inside)?.takesMountPoints == true else {
            return
        }
        tree.set(MountOperation(.folder, at: AbsolutePath.normalised(workdir), origin: .spec, field: "workdir"))
    }

    private func checkWorkdir(_ workdir: String) throws(MountProblem) {
        switch tree.resolve(workdir) {
        case .own, .host(_, .folder, _): return
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

extension MountExpansion {
    /// With the host's network, the resolver's file must be found though `/run` is empty inside.
    private mutating func addNetworkFiles() {
        guard binding.sharesNetwork, binding.root != .hostItself,
            let real = (try? AbsolutePath.real("/etc/resolv.conf")) ?? nil, real != "/etc/resolv.conf",
            case .missing(let inside) = tree.resolve("/etc/resolv.conf"),
            tree.governing(inside)?.takesMountPoints == true
        else { return }
        tree.set(
            MountOperation(
                .bind(source: real, writable: false, devices: false),
                at: real,
                origin: .preset,
                field: "network"
            )
        )
    }

    /// passwd and group in which the inner id bears the caller's name, where the host's own do not say so.
    private mutating func addAccounts() {
        guard let mapping = binding.accounts else { return }
        let files = AccountFiles(host: host, mapping: mapping)
        for (path, text) in [("/etc/passwd", files.passwd), ("/etc/group", files.group)] {
            guard let text, case .host(_, .file, let inside) = tree.resolve(path), tree[inside] == nil else {
                continue
            }
            tree.set(
                MountOperation(.text(text, permissions: "0644"), at: inside, origin: .preset, field: "user")
            )
        }
    }

    private mutating func addHides() throws(MountProblem) {
        for mount in binding.mounts where mount.kind == .hide {
            switch mount.at {
            case "@other-homes": for home in host.otherHomes { hidePreset(home) }
            case "@root-home": if host.identity.isRoot { hidePreset("/root") }
            case "@ssh-host-keys": for key in host.sshHostKeys { hidePreset(key) }
            case let path where mount.isPreset: hidePreset(path)
            default: try addRule(mount, .hide)
            }
        }
    }

    private mutating func addReadonly() throws(MountProblem) {
        for mount in binding.mounts where mount.kind == .readonly { try addRule(mount, .readonly) }
    }

    private mutating func hidePreset(_ path: String) {
        guard let real = (try? AbsolutePath.real(path)) ?? nil else { return }
        ObjectRule(object: real, effect: .hide, origin: .rule, field: "preset", sparesNamedMounts: true)
            .apply(to: &tree, host)
    }

    private mutating func addRule(_ mount: MountDescription, _ effect: ObjectRule.Effect) throws(MountProblem) {
        let path = AbsolutePath.normalised(mount.at)
        switch tree.resolve(path) {
        case .host(let object, _, _):
            let real = ((try? AbsolutePath.real(object)) ?? nil) ?? object
            ObjectRule(
                object: real,
                effect: effect,
                origin: .rule,
                field: mount.field,
                sparesNamedMounts: false
            ).apply(to: &tree, host)
        case .own(let inside), .kernel(let inside):
            try addRule(mount, effect, own: inside)
        case .missing(let inside):
            if tree.governing(inside)?.isWritable != true {
                satisfied.append(mount.field)
            } else if !mount.optional {
                throw MountProblem(
                    "\(mount.field).\(mount.kind.rawValue)",
                    "no such path inside, and the command could make it: \(Printable.escaped(path))",
                    hint: "create it first, or say \"optional\": true"
                )
            }
        }
    }

    /// A rule on something that is no host file: a tmpfs or text of the spec, or a file of the kernel's.
    private mutating func addRule(
        _ mount: MountDescription,
        _ effect: ObjectRule.Effect,
        own inside: String
    ) throws(MountProblem) {
        let field = "\(mount.field).\(mount.kind.rawValue)"
        if AbsolutePath.contains("/proc", inside) || AbsolutePath.contains("/sys", inside) {
            guard let kind = ((try? FileStatus.of(inside)) ?? nil)?.kind else {
                satisfied.append(mount.field)
                return
            }
            let action: MountOperation.Action =
                switch effect {
                case .readonly: .bind(source: inside, writable: false, devices: false)
                case .hide: kind == .folder ? .emptyFolder : .emptyFile
                }
            tree.replace(MountOperation(action, at: inside, origin: .rule, field: mount.field))
            return
        }
        switch (tree[inside]?.action, effect) {
        case (.text, .hide): replace(inside, .emptyFile, mount)
        case (.text, .readonly), (.emptyFolder, _), (.emptyFile, _): break
        case (.tmpfs, _), (.folder, _): replace(inside, .emptyFolder, mount)
        default:
            throw MountProblem(field, "\(Printable.escaped(inside)) is made by the sandbox itself; it can't be covered")
        }
    }

    private mutating func replace(_ inside: String, _ action: MountOperation.Action, _ mount: MountDescription) {
        tree.replace(MountOperation(action, at: inside, origin: .rule, field: mount.field))
    }

    /// Masked and read-only kernel files, where present.
    private mutating func addMasks() {
        for (paths, isMask) in [(binding.readonlyPaths, false), (binding.maskedPaths, true)] {
            for path in paths {
                guard let kind = ((try? FileStatus.of(path)) ?? nil)?.kind else { continue }
                switch tree.resolve(path, following: false) {
                case .host(_, _, let inside) where isMask, .kernel(let inside) where isMask:
                    put(kind == .folder ? .emptyFolder : .emptyFile, inside, isMask)
                case .host(_, _, let inside), .kernel(let inside):
                    put(.bind(source: path, writable: false, devices: false), inside, isMask)
                case .own, .missing: continue
                }
            }
        }
    }

    private mutating func put(_ action: MountOperation.Action, _ inside: String, _ isMask: Bool) {
        let field = isMask ? "security.maskedPaths" : "security.readonlyPaths"
        tree.replace(MountOperation(action, at: inside, origin: .rule, field: field))
    }

    /// The store, the machine's key and the spec are out of the command's reach.
    private mutating func addCovers() throws(MountProblem) {
        guard binding.coversStore else { return }
        for folder in host.covered {
            for operation in tree.operations where operation.origin == .spec {
                guard let source = operation.source, AbsolutePath.contains(folder, source) else { continue }
                throw MountProblem(
                    operation.field,
                    "\(Printable.escaped(source)) lies in a store of sbxpipe, which no command may see",
                    hint: "copy what is needed to a folder outside of \(folder)"
                )
            }
            ObjectRule(object: folder, effect: .hide, origin: .cover, field: "store", sparesNamedMounts: false)
                .apply(to: &tree, host)
        }
        if let spec = host.specFile {
            ObjectRule(object: spec, effect: .readonly, origin: .cover, field: "spec", sparesNamedMounts: false)
                .apply(to: &tree, host)
        }
    }

    /// Where each declared output will lie: on a writable bind, or on a tmpfs that a folder of ours stands in for.
    private mutating func findOutputs(_ outputs: [OutputRule]) throws(MountProblem) {
        for (index, output) in outputs.enumerated() {
            let folder = Glob(output.path)?.literal ?? Glob(output.path)?.fixedFolder ?? output.path
            let place: String =
                switch tree.resolve(folder) {
                case .host(_, _, let inside), .own(let inside), .kernel(let inside), .missing(let inside): inside
                }
            guard let operation = tree.governing(place) else { throw unwritable(index, folder) }
            switch operation.action {
            case .bind(_, true, _): continue
            case .tmpfs(let size, _):
                if !outputMounts.contains(where: { $0.at == operation.at }) {
                    outputMounts.append((at: operation.at, size: size))
                }
            default: throw unwritable(index, folder)
            }
        }
    }

    private func unwritable(_ index: Int, _ folder: String) -> MountProblem {
        MountProblem(
            "outputs[\(index)]",
            "nothing can be written at \(Printable.escaped(folder)) inside",
            hint: "outputs are collected from a rw bind or a tmpfs"
        )
    }

    /// Puts a folder of ours in place of a tmpfs that holds outputs.
    package mutating func standIn(_ folder: String, forTmpfsAt at: String) {
        guard let present = tree[at] else { return }
        tree.replace(
            MountOperation(
                .bind(source: folder, writable: true, devices: false),
                at: at,
                origin: present.origin,
                field: present.field
            )
        )
    }
}
