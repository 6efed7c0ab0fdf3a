import ContentAddressing
import HostFiles
import TarArchive

/// Makes a layer's entries in a folder, below its descriptor and without following a symlink; the tree's top is `root`.
struct TreeUnpacker {
    private(set) var manifest = TreeManifest()

    private let target: Int32
    /// Where the tree lies in the layer.
    private let prefix: [UInt8]
    /// Folders whose modes and times are set last, as making something in them changes these.
    private var folders: [(path: [UInt8], mode: UInt16, time: Int64)] = []

    init(into target: Int32, prefix: [UInt8]) {
        self.target = target
        self.prefix = prefix
    }

    mutating func add(_ entry: TarEntry, from reader: inout TarReader) throws {
        let below = try below(entry.path)
        let place = Self.place(of: below)
        let parent = try Self.parent(of: place, in: target)
        let number = parent.number
        let name = Self.name(of: place)
        switch entry.kind {
        case .directory:
            guard try name.makeFolder(at: number) else { throw RootFilesystemError(entry.path, "is there twice") }
            folders.append((place, entry.mode, entry.modified))
            manifest.addFolder(below, mode: entry.mode)
        case .symlink(let target):
            try name.makeLink(to: target, at: number)
            try name.setTimes(entry.modified, at: number)
            manifest.addSymlink(below, mode: entry.mode, target: target)
        case .file:
            let file = try name.open([.write, .create, .exclusive], at: number)
            var digest = StreamingDigest()
            try reader.readBody { piece in
                digest.update(piece)
                try FileContent.write(piece, to: file.number)
            }
            try FileMode.set(UInt32(entry.mode & 0o1777), of: file.number, path: name.text)
            try name.setTimes(entry.modified, at: number)
            manifest.addFile(below, mode: entry.mode, digest.digest())
        }
    }

    /// Sets the folders' modes and times, the deepest first.
    func finish() throws {
        for folder in folders.reversed() {
            let parent = try Self.parent(of: folder.path, in: target)
            let number = parent.number
            try Self.name(of: folder.path).setMode(UInt32(folder.mode & 0o1777), at: number)
            try Self.name(of: folder.path).setTimes(folder.time, at: number)
        }
    }

    /// The path below the tree's top.
    private func below(_ path: [UInt8]) throws(RootFilesystemError) -> [UInt8] {
        if path == prefix { return [] }
        guard path.starts(with: prefix), path.count > prefix.count, path[prefix.count] == 0x2F else {
            throw RootFilesystemError(path, "lies outside of the snapshot's place in its layer")
        }
        return Array(path[(prefix.count + 1)...])
    }

    private static func place(of below: [UInt8]) -> [UInt8] {
        Array("root".utf8) + (below.isEmpty ? [] : [0x2F] + below)
    }

    private static func name(of place: [UInt8]) -> RawName {
        RawName(place.lastIndex(of: 0x2F).map { Array(place[($0 + 1)...]) } ?? place)
    }

    private static func parent(of place: [UInt8], in folder: Int32) throws(FileError) -> OwnedDescriptor {
        let above = place.lastIndex(of: 0x2F).map { Array(place[..<$0]) } ?? [0x2E]
        return try RawName(above).openBeneath(folder, [.pathOnly, .folder])
    }
}
