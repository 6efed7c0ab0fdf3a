import HostFiles
import PipelineContracts

extension MountExpansion {
    mutating func addHides() throws(MountProblem) {
        // The host may show them under a second name, by a bind mount.
        for path in covered { hidePreset(path) }
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

    /// Covers a folder of ours wherever a mount shows it; it has to be there.
    package mutating func hide(_ folder: String, field: String) {
        ObjectRule(object: folder, effect: .hide, origin: .cover, field: field, sparesNamedMounts: false)
            .apply(to: &tree, host)
    }

    mutating func addReadonly() throws(MountProblem) {
        for mount in binding.mounts where mount.kind == .readonly { try addRule(mount, .readonly) }
    }

    mutating func hidePreset(_ path: String) {
        guard let real = (try? AbsolutePath.real(path)) ?? nil else { return }
        ObjectRule(object: real, effect: .hide, origin: .rule, field: "preset", sparesNamedMounts: true)
            .apply(to: &tree, host)
    }

    mutating func addRule(_ mount: MountDescription, _ effect: ObjectRule.Effect) throws(MountProblem) {
        let path = AbsolutePath.normalised(mount.at)
        let place = tree.resolve(path)
        // Where something of ours covers the path, the host's object behind it may still show under another name.
        var object = path
        if case .host(let host, _, _) = place { object = host }
        let real = ((try? AbsolutePath.real(object)) ?? nil) ?? object
        let isShown = ObjectRule(
            object: real,
            effect: effect,
            origin: .rule,
            field: mount.field,
            sparesNamedMounts: false
        ).apply(to: &tree, host)
        switch place {
        case .host: return
        case .own(let inside), .kernel(let inside):
            try addRule(mount, effect, own: inside, isShown: isShown)
        case .missing(let inside):
            if tree.governing(inside)?.isWritable != true {
                satisfied.append(mount.field)
            } else if !mount.optional, !isShown {
                throw MountProblem(
                    "\(mount.field).\(mount.kind.rawValue)",
                    "no such path inside, and the command could make it: \(Printable.escaped(path))",
                    hint: "create it first, or say \"optional\": true"
                )
            }
        }
    }

    /// A rule on something that is no host file: a tmpfs or text of the spec, or a file of the kernel's.
    mutating func addRule(
        _ mount: MountDescription,
        _ effect: ObjectRule.Effect,
        own inside: String,
        isShown: Bool
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
        case (.text, .hide), (.secret, .hide): replace(inside, .emptyFile, mount)
        case (.text, .readonly), (.secret, .readonly), (.emptyFolder, _), (.emptyFile, _): break
        case (.tmpfs, _), (.folder, _): replace(inside, .emptyFolder, mount)
        // A folder that is there for a deeper mount alone: the object is covered where it shows.
        case (nil, _) where isShown || mount.optional: break
        default:
            throw MountProblem(field, "\(Printable.escaped(inside)) is made by the sandbox itself; it can't be covered")
        }
    }

    mutating func replace(_ inside: String, _ action: MountOperation.Action, _ mount: MountDescription) {
        tree.replace(MountOperation(action, at: inside, origin: .rule, field: mount.field))
    }

    /// Masked and read-only kernel files, where present.
    mutating func addMasks() {
        for (paths, isMask) in [(binding.readonlyPaths, false), (binding.maskedPaths, true)] {
            for path in paths {
                guard let kind = ((try? FileStatus.of(path)) ?? nil)?.kind else { continue }
                switch tree.resolve(path, following: false) {
                case .host(_, _, let inside) where isMask, .kernel(let inside) where isMask:
                    put(kind == .folder ? .emptyFolder : .emptyFile, inside, isMask)
                case .host(let source, _, let inside):
                    put(.bind(source: source, writable: false, devices: false), inside, isMask)
                case .kernel(let inside):
                    put(.bind(source: path, writable: false, devices: false), inside, isMask)
                case .own, .missing: continue
                }
            }
        }
    }

    mutating func put(_ action: MountOperation.Action, _ inside: String, _ isMask: Bool) {
        let field = isMask ? "security.maskedPaths" : "security.readonlyPaths"
        tree.replace(MountOperation(action, at: inside, origin: .rule, field: field))
    }

    /// The store, the machine's key and the spec are out of the command's reach.
    mutating func addCovers() throws(MountProblem) {
        guard binding.coversStore else { return }
        for folder in host.covered {
            for operation in tree.operations where operation.origin == .spec && !isOfStore(operation) {
                guard let source = operation.source, AbsolutePath.contains(folder, source) else { continue }
                throw MountProblem(
                    operation.field,
                    "\(Printable.escaped(source)) lies in a store of sbxpipe, which no command may see",
                    hint: "copy what is needed to a folder outside of \(folder)"
                )
            }
            let rule = ObjectRule(
                object: folder,
                effect: .hide,
                origin: .cover,
                field: "store",
                sparesNamedMounts: false,
                spared: tree.operations.filter(isOfStore).map(\.at)
            )
            rule.apply(to: &tree, host)
        }
        if let spec = host.specFile {
            ObjectRule(object: spec, effect: .readonly, origin: .cover, field: "spec", sparesNamedMounts: false)
                .apply(to: &tree, host)
        }
    }
}
