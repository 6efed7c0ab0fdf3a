import CArchive

/// What a header of a layer must be for the reader to take its entry.
struct LayerRules {
    let limits: TarLimits

    /// Makes an entry of libarchive's record; `flag` is the header's type flag, nil for one without a POSIX or GNU magic.
    ///
    /// - Throws: ``TarError/Code/unsupportedKind``, ``TarError/Code/unsafePath``, ``TarError/Code/overLimit``,
    ///   ``TarError/Code/damaged``.
    func entry(_ record: EntryRecord, flag: UInt8?) throws(TarError) -> LayerEntry {
        guard let found = record.path else { throw TarError(.damaged, "an entry has no path") }
        guard let flag else { throw TarError(.unsupportedKind, "an entry without a POSIX or GNU header", path: found) }
        let type = record.type
        let path = try plain(found, isFolder: type == carchive_directory)
        let kind: LayerEntry.Kind
        if record.isSparse { throw TarError(.unsupportedKind, "a sparse file", path: found) }
        if flag == UInt8(ascii: "1") || record.isHardLink {
            guard let target = record.hardLink else { throw TarError(.damaged, "a hard link to nothing", path: found) }
            kind = .hardLink(target: try plain(target, isFolder: false))
        } else {
            switch (flag, type) {
            case (UInt8(ascii: "0"), carchive_regular), (0, carchive_regular): kind = .file
            case (UInt8(ascii: "5"), carchive_directory): kind = .directory
            case (UInt8(ascii: "2"), carchive_symlink):
                guard let target = record.symlink, !target.isEmpty, target.count <= limits.pathBytes else {
                    throw TarError(.damaged, "a symlink without a target, or with one too long", path: found)
                }
                kind = .symlink(target: target)
            case (UInt8(ascii: "3"), carchive_character_device) where isUsual(record, path): kind = .usualDevice
            default: throw TarError(.unsupportedKind, HeaderRules.name(of: flag), path: found)
            }
        }
        var size: Int64 = 0
        if case .file = kind { size = record.size }
        guard size >= 0, size <= min(limits.entryBytes, 1 << 62) else {
            throw TarError(.overLimit, "the body has more than \(limits.entryBytes) bytes", path: found)
        }
        guard let user = UInt32(exactly: record.owner.user), let group = UInt32(exactly: record.owner.group),
            user != .max, group != .max
        else { throw TarError(.damaged, "an owner that no system has", path: found) }
        return LayerEntry(
            path: path,
            kind: kind,
            mode: record.permissions,
            size: size,
            modified: record.modified,
            user: user,
            group: group
        )
    }

    /// A path without `./` at its front and, of a folder, `/` at its end.
    private func plain(_ found: [UInt8], isFolder: Bool) throws(TarError) -> [UInt8] {
        if found.count > limits.pathBytes {
            throw TarError(.overLimit, "the path has more than \(limits.pathBytes) bytes", path: found)
        }
        if found.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw TarError(.unsafePath, "the path holds a control character", path: found)
        }
        if found.first == UInt8(ascii: "/") { throw TarError(.unsafePath, "the path is absolute", path: found) }
        var path = found[...]
        while path.starts(with: [0x2E, 0x2F]) { path = path.dropFirst(2) }
        if isFolder, path.last == UInt8(ascii: "/") { path = path.dropLast() }
        if isFolder, path.elementsEqual([0x2E]) { path = [] }
        if path.isEmpty {
            if isFolder { return [] }
            throw TarError(.unsafePath, "the path is empty", path: found)
        }
        for component in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if component.isEmpty { throw TarError(.unsafePath, "the path has an empty component", path: found) }
            if component.elementsEqual([0x2E]) || component.elementsEqual([0x2E, 0x2E]) {
                let name = String(decoding: component, as: UTF8.self)
                throw TarError(.unsafePath, "the path has a component \"\(name)\"", path: found)
            }
        }
        return Array(path)
    }

    /// Devices that each sandbox's own /dev has (major and minor numbers of the kernel's devices.txt).
    private static let usualDevices: Set<[UInt64]> = [
        [1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 1], [5, 2],
    ]

    private func isUsual(_ record: EntryRecord, _ path: [UInt8]) -> Bool {
        path.starts(with: "dev/".utf8) && Self.usualDevices.contains([record.device.major, record.device.minor])
    }
}
