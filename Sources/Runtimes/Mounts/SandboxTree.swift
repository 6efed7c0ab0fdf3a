package import HostFiles

/// The file tree as it will be inside: mounts over each other, looked up without entering the sandbox.
package struct SandboxTree: Sendable {
    /// What a path inside turns out to be.
    package enum Place: Sendable, Hashable {
        /// A file or folder of the host, at its canonical path inside.
        case host(path: String, kind: FileKind, inside: String)
        /// A mount point or a folder that the launcher makes.
        case own(inside: String)
        /// In the sandbox's own /proc or /dev, which only the kernel fills.
        case kernel(inside: String)
        /// Nothing; `inside` is the canonical path with the first missing component.
        case missing(inside: String)
    }

    /// All operations, by the bytes of their paths inside: at most one at each.
    package private(set) var operations: [MountOperation] = []

    /// Whether the launcher may make mount points where no mount lies: in a fresh root with nothing in it.
    package var rootTakesMountPoints = false

    package init() {}

    /// Sets an operation; at the same path the later origin wins, and of equal ones the later.
    package mutating func set(_ operation: MountOperation) {
        if let present = self[operation.at], present.origin > operation.origin { return }
        replace(operation)
    }

    /// Sets an operation whatever is there.
    package mutating func replace(_ operation: MountOperation) {
        let place = place(of: operation.at)
        if holds(operation.at, at: place) {
            operations[place] = operation
        } else {
            operations.insert(operation, at: place)
        }
    }

    /// The operation at exactly this path inside.
    package subscript(path: String) -> MountOperation? {
        let place = place(of: path)
        return holds(path, at: place) ? operations[place] : nil
    }

    /// The number of operations at paths before this one.
    private func place(of path: String) -> Int {
        var (low, high) = (0, operations.count)
        while low < high {
            let middle = (low + high) / 2
            if AbsolutePath.precedes(operations[middle].at, path) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func holds(_ path: String, at place: Int) -> Bool {
        place < operations.count && AbsolutePath.isSame(operations[place].at, path)
    }

    /// The operation whose mount a canonical path lies on: the deepest at or above it.
    package func governing(_ path: String) -> MountOperation? {
        var path = path
        while true {
            if let operation = self[path] { return operation }
            if path == "/" { return nil }
            path = AbsolutePath.parent(path)
        }
    }

    /// Whether the launcher may make a mount point at a canonical path that is missing.
    package func takesMountPoints(at path: String) -> Bool {
        governing(path)?.takesMountPoints ?? rootTakesMountPoints
    }

    /// Whether nothing but the root itself, which is empty, lies under a mount point.
    package func liesOnRoot(_ path: String) -> Bool {
        rootTakesMountPoints && governing(AbsolutePath.parent(path)) == nil
    }

    /// In the order in which a launcher has to do them: by depth, then by path.
    package var ordered: [MountOperation] {
        operations
            .map { (depth: AbsolutePath.depth($0.at), operation: $0) }
            .sorted { left, right in
                left.depth != right.depth ? left.depth < right.depth : left.operation.at < right.operation.at
            }
            .map(\.operation)
    }

    /// Follows a path from the root inside, symlinks included (all but the last unless `following`).
    ///
    /// At most 40 symlinks, as the kernel has it (path_resolution(7)); more count as missing.
    package func resolve(_ path: String, following: Bool = true) -> Place {
        walk(path, following: following).place
    }

    /// Where a path that is missing would be: without the symlinks on its way, with all components that are missing.
    package func destination(of path: String) -> String {
        let (place, rest) = walk(path, following: true)
        return switch place {
        case .host(_, _, let inside), .own(let inside), .kernel(let inside), .missing(let inside):
            AbsolutePath.join(inside, rest.joined(separator: "/"))
        }
    }

    /// Follows a path; `rest` is what follows the first missing component.
    private func walk(_ path: String, following: Bool) -> (place: Place, rest: [String]) {
        var pending = Array(AbsolutePath.components(path).reversed())
        var inside = "/"
        var links = 0
        var place = rootPlace
        while let component = pending.popLast() {
            if component.utf8.elementsEqual(".".utf8) { continue }
            inside =
                component.utf8.elementsEqual("..".utf8)
                ? AbsolutePath.parent(inside) : AbsolutePath.join(inside, component)
            place = inside == "/" ? rootPlace : look(at: inside)
            var target: String?
            switch place {
            case .missing: return (place, pending.reversed())
            case .host(let host, .symlink, _) where following || !pending.isEmpty:
                target = try? Folder.target(of: host)
            case .own:
                if case .symlink(let text)? = self[inside]?.action, following || !pending.isEmpty { target = text }
            default: break
            }
            guard let target else { continue }
            links += 1
            if links > 40 { return (.missing(inside: inside), []) }
            pending.append(contentsOf: AbsolutePath.components(target).reversed())
            inside = AbsolutePath.isAbsolute(target) ? "/" : AbsolutePath.parent(inside)
            place = inside == "/" ? rootPlace : look(at: inside)
        }
        return (place, [])
    }

    private var rootPlace: Place {
        guard let source = self["/"]?.source else { return .own(inside: "/") }
        return .host(path: source, kind: .folder, inside: "/")
    }

    /// What is at a path whose parents are no symlinks.
    private func look(at inside: String) -> Place {
        guard let operation = governing(inside) else {
            return isAboveMount(inside) ? .own(inside: inside) : .missing(inside: inside)
        }
        switch operation.action {
        case .bind(let source, _, _):
            let host = AbsolutePath.join(source, AbsolutePath.relative(inside, to: operation.at))
            if let status = try? FileStatus.of(host) { return .host(path: host, kind: status.kind, inside: inside) }
            return .missing(inside: inside)
        case .proc, .devices:
            return operation.at == inside ? .own(inside: inside) : .kernel(inside: inside)
        default:
            if operation.at == inside || isAboveMount(inside) { return .own(inside: inside) }
            return .missing(inside: inside)
        }
    }

    /// Whether a deeper mount makes this path a folder.
    private func isAboveMount(_ inside: String) -> Bool {
        if inside == "/" { return true }
        // What lies below stands together.
        let place = place(of: inside + "/")
        return place < operations.count && AbsolutePath.contains(inside, operations[place].at)
    }
}
