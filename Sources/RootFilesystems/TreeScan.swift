import HostFiles

/// Looks at all of a tree once: names and stats, no content.
struct TreeScan {
    private(set) var table = StatTable()
    /// Whether stats tell of every change: not on FUSE, NFS, 9p and other file systems of somebody else's.
    private(set) var isSteady = true

    private let source: SnapshotSource
    private var devices: [UInt64] = []
    private var path: [UInt8] = []

    /// Folders within each other, of which each holds a descriptor while it is looked at.
    private static let greatestDepth = 200
    /// The most bytes of a path below the top (PATH_MAX of Linux, less what lies above).
    private static let longestPath = 3800

    /// - Throws: ``RootFilesystemError`` naming what can't be read, or is no file, folder or symlink; ``FileError``.
    init(_ source: SnapshotSource) throws {
        self.source = source
        let parent = try source.parent()
        guard let status = try source.name.status(at: parent.number) else {
            throw RootFilesystemError(source.path(of: []), "no such file or folder")
        }
        try add([], named: source.name.bytes[...], status, at: parent.number, depth: 0)
    }

    /// `name` is what stands in the table: nothing for the top.
    private mutating func add(
        _ name: ArraySlice<UInt8>,
        named own: ArraySlice<UInt8>,
        _ status: FileStatus,
        at folder: Int32,
        depth: Int
    ) throws {
        noteDevice(status)
        switch status.kind {
        case .file: table.addFile(name, status)
        case .symlink:
            table.addSymlink(name, status, target: try RawName(Array(own)).linkTarget(at: folder))
        case .folder: try addFolder(name, named: own, status, at: folder, depth: depth)
        // A sandbox's own /dev has those that there are to be.
        case .characterDevice where source.isRoot && path.starts(with: "dev/".utf8): break
        default:
            throw RootFilesystemError(
                source.path(of: path),
                "is a \(status.kind.rawValue), which no snapshot can hold",
                hint: "remove it, or snapshot a folder beside it"
            )
        }
    }

    private mutating func addFolder(
        _ name: ArraySlice<UInt8>,
        named own: ArraySlice<UInt8>,
        _ status: FileStatus,
        at folder: Int32,
        depth: Int
    ) throws {
        table.beginFolder(name, status)
        defer { table.endFolder() }
        if !source.covered.isEmpty, source.covered.contains(FileIdentity(status)) { return }
        guard depth < Self.greatestDepth, path.count <= Self.longestPath else {
            throw RootFilesystemError(source.path(of: path), "lies too deep for a snapshot")
        }
        let handle = try open(own, at: folder)
        let entries = try FolderEntries(of: handle.number)
        let length = path.count
        for index in 0..<entries.count {
            let child = entries.name(index)
            if length > 0 { path.append(0x2F) }
            path.append(contentsOf: child)
            try add(child, named: child, entries.status(index), at: handle.number, depth: depth + 1)
            path.removeLast(path.count - length)
        }
    }

    private func open(_ name: ArraySlice<UInt8>, at folder: Int32) throws(RootFilesystemError) -> OwnedDescriptor {
        do throws(FileError) {
            return try RawName(Array(name)).open([.read, .folder], at: folder)
        } catch {
            throw RootFilesystemError(source.path(of: path), error.reason, hint: Self.hint(error))
        }
    }

    static func hint(_ error: FileError) -> String? {
        error.code == .notAllowed ? "make it readable, or snapshot a folder beside it" : nil
    }

    /// Types of statfs(2): FUSE, NFS, 9p, SMB, SMB2, AFS and Ceph.
    private static let unsteady: Set<Int64> = [
        0x6573_5546, 0x6969, 0x0102_1997, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x5346_414F, 0x00C3_6400,
    ]

    private mutating func noteDevice(_ status: FileStatus) {
        guard !devices.contains(status.device) else { return }
        devices.append(status.device)
        if !Self.isSteady(String(decoding: source.path(of: path), as: UTF8.self)) { isSteady = false }
    }

    /// Whether stats tell of every change on the file system that a path lies on.
    static func isSteady(_ path: String) -> Bool {
        let type = HostSystem.fileSystemType(path).map { $0 & 0xFFFF_FFFF }
        return !(type.map(unsteady.contains) ?? true)
    }
}
