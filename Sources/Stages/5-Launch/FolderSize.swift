import HostFiles

/// How much a folder holds.
enum FolderSize {
    /// Bytes of the regular files below a folder, symlinks not followed; what can't be read counts as nothing.
    static func bytes(below path: String) -> Int64 {
        guard let folder = try? OwnedDescriptor.open(path, [.read, .folder, .noFollow]) else { return 0 }
        return bytes(in: folder.number, depth: 0)
    }

    private static func bytes(in folder: Int32, depth: Int) -> Int64 {
        // A tree this deep is made to hide in: it counts as more than any limit.
        if depth >= 256 { return Int64.max / 2 }
        guard let names = try? Folder.names(".", at: folder) else { return 0 }
        var total: Int64 = 0
        for name in names.map(RawName.init) {
            guard let status = (try? name.status(at: folder)) ?? nil else { continue }
            if status.kind == .file { total += status.size }
            if status.kind == .folder, let child = try? name.open([.read, .folder], at: folder) {
                total = min(total, Int64.max / 2) + bytes(in: child.number, depth: depth + 1)
            }
        }
        return total
    }
}
