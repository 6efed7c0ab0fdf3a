import HostFiles
import TarArchive

/// Applies an image's layers to a folder, one over the other (OCI image specification, layer.md, "Applying changesets").
///
/// Everything is done below the folder's descriptor, and no symlink is ever followed: an entry below a symlink of a lower
/// layer is refused. Devices of the usual ones below `/dev` are left out, all others refused.
struct LayerUnpacker {
    private let top: Int32
    /// Whether owners are those that the layers say; else all is the caller's, and he can read all of it.
    private let keepsOwners: Bool
    private var isFirst = true
    /// Paths of the present layer, and of the folders above them: no whiteout of it reaches these.
    private var made: Set<[UInt8]> = []
    /// Folders whose modes and times are set last, as making something in them changes these.
    private var folders: [FinishedFolder] = []
    private var lastParent: OpenFolder?

    /// What a folder is to be in the end.
    fileprivate struct FinishedFolder {
        let path: [UInt8]
        let mode: UInt16
        let time: Int64
        let user: UInt32
        let group: UInt32
    }

    /// A folder that was opened without following a symlink.
    private final class OpenFolder {
        let path: [UInt8]
        private let descriptor: OwnedDescriptor
        var number: Int32 { descriptor.number }

        init(_ path: [UInt8], _ descriptor: consuming OwnedDescriptor) {
            self.path = path
            self.descriptor = descriptor
        }
    }

    init(into top: Int32, keepsOwners: Bool) {
        self.top = top
        self.keepsOwners = keepsOwners
    }

    mutating func apply(_ layer: inout LayerReader) throws {
        made.removeAll()
        while let entry = try layer.next() { try add(entry, from: &layer) }
        isFirst = false
    }

    private mutating func add(_ entry: LayerEntry, from layer: inout LayerReader) throws {
        if entry.kind == .usualDevice { return }
        guard !entry.path.isEmpty else { return folders.append(FinishedFolder(entry)) }
        let (above, name) = Self.divided(entry.path)
        if Self.components(above).contains(where: Whiteout.isMarked) {
            throw RootFilesystemError(entry.path, "lies below the name of a whiteout")
        }
        if Whiteout.isMarked(name.bytes[...]) { return try hide(try Whiteout(entry, name), above) }
        let parent = try parent(above, of: entry.path)
        noteMade(entry.path)
        if let present = try name.status(at: parent.number) {
            if entry.kind == .directory, present.kind == .folder { return folders.append(FinishedFolder(entry)) }
            try remove(name, present, in: parent)
        }
        switch entry.kind {
        case .directory:
            try name.makeFolder(at: parent.number)
            folders.append(FinishedFolder(entry))
        case .symlink(let target):
            try name.makeLink(to: target, at: parent.number)
            if keepsOwners { try name.setOwner(entry.user, entry.group, at: parent.number) }
            try name.setTimes(entry.modified, at: parent.number)
        case .hardLink(let target): try link(name, to: target, of: entry.path, in: parent)
        case .file:
            let file = try name.open([.write, .create, .exclusive], at: parent.number)
            try layer.readBody { piece in try FileContent.write(piece, to: file.number) }
            if keepsOwners { try name.setOwner(entry.user, entry.group, at: parent.number) }
            try FileMode.set(UInt32(entry.mode) | (keepsOwners ? 0 : 0o400), of: file.number, path: name.text)
            try name.setTimes(entry.modified, at: parent.number)
        case .usualDevice: break
        }
    }

    private func link(_ name: RawName, to target: [UInt8], of path: [UInt8], in parent: OpenFolder) throws {
        let (above, targetName) = Self.divided(target)
        let reason = "is a hard link to \(RawName(target).text), which is no file of the tree"
        guard let folder = try? RawName(above.isEmpty ? [0x2E] : above).openBeneath(top, [.pathOnly, .folder]),
            let present = try targetName.status(at: folder.number), present.kind == .file || present.kind == .symlink
        else { throw RootFilesystemError(path, reason) }
        try name.makeHardLink(to: targetName, at: folder.number, in: parent.number)
    }

    /// Opens the folder that an entry goes into, and makes those of it that no entry made.
    private mutating func parent(_ above: [UInt8], of path: [UInt8]) throws -> OpenFolder {
        if let lastParent, lastParent.path == above { return lastParent }
        do throws(FileError) {
            let folder = try RawName(above.isEmpty ? [0x2E] : above).openBeneath(top, [.pathOnly, .folder])
            let opened = OpenFolder(above, folder)
            lastParent = opened
            return opened
        } catch {
            guard error.code == .notFound, !above.isEmpty else {
                switch error.code {
                case .notAFolder, .tooManySymlinks, .outside:
                    throw RootFilesystemError(path, "lies below what is no folder in the layers below")
                default: throw RootFilesystemError(path, error.reason)
                }
            }
        }
        let (higher, name) = Self.divided(above)
        try name.makeFolder(at: try parent(higher, of: path).number)
        folders.append(FinishedFolder(path: above, mode: 0o755, time: 0, user: 0, group: 0))
        return try parent(above, of: path)
    }

    private mutating func noteMade(_ path: [UInt8]) {
        guard !isFirst else { return }
        made.insert(path)
        var end = path.count
        while let slash = path[..<end].lastIndex(of: 0x2F), made.insert(Array(path[..<slash])).inserted { end = slash }
    }

    private mutating func remove(_ name: RawName, _ present: FileStatus, in parent: OpenFolder) throws(FileError) {
        try name.removeTree(at: parent.number, device: present.device)
    }

    /// Removes what a whiteout hides of the layers below.
    private func hide(_ whiteout: Whiteout, _ above: [UInt8]) throws {
        guard !isFirst,
            let folder = try? RawName(above.isEmpty ? [0x2E] : above).openBeneath(top, [.read, .folder])
        else { return }
        switch whiteout {
        case .opaque: try clear(folder.number, above)
        case .entry(let name):
            guard !made.contains(Self.joined(above, name)), let present = try RawName(name).status(at: folder.number)
            else { return }
            try RawName(name).removeTree(at: folder.number, device: present.device)
        }
    }

    /// Removes all of a folder that the present layer did not make.
    private func clear(_ folder: Int32, _ path: [UInt8]) throws {
        for name in try Folder.names(".", at: folder) {
            let raw = RawName(name)
            guard let present = try raw.status(at: folder) else { continue }
            let below = Self.joined(path, name)
            if !made.contains(below) {
                try raw.removeTree(at: folder, device: present.device)
            } else if present.kind == .folder {
                try clear(try raw.open([.read, .folder], at: folder).number, below)
            }
        }
    }

    /// Sets modes, owners and times of the folders, the deepest first, as the last layer that has them says.
    mutating func finish() throws {
        lastParent = nil
        var done: Set<[UInt8]> = []
        for entry in folders.reversed() where done.insert(entry.path).inserted {
            let path = entry.path
            let (above, name) = path.isEmpty ? ([], RawName([0x2E])) : Self.divided(path)
            guard let folder = try? RawName(above.isEmpty ? [0x2E] : above).openBeneath(top, [.pathOnly, .folder]),
                try name.status(at: folder.number)?.kind == .folder
            else { continue }
            if keepsOwners { try name.setOwner(entry.user, entry.group, at: folder.number) }
            try name.setMode(UInt32(entry.mode) | (keepsOwners ? 0 : 0o500), at: folder.number)
            try name.setTimes(entry.time, at: folder.number)
        }
    }

    private static func divided(_ path: [UInt8]) -> (above: [UInt8], name: RawName) {
        guard let slash = path.lastIndex(of: 0x2F) else { return ([], RawName(path)) }
        return (Array(path[..<slash]), RawName(Array(path[(slash + 1)...])))
    }

    private static func joined(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
        path.isEmpty ? name : path + [0x2F] + name
    }

    private static func components(_ path: [UInt8]) -> [ArraySlice<UInt8>] { path.split(separator: 0x2F) }
}

extension LayerUnpacker.FinishedFolder {
    fileprivate init(_ entry: LayerEntry) {
        self.init(path: entry.path, mode: entry.mode, time: entry.modified, user: entry.user, group: entry.group)
    }
}
