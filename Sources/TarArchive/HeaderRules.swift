import CArchive

/// What a header must be for the reader to take its entry.
struct HeaderRules {
    let limits: TarLimits

    /// Makes an entry of libarchive's record and of the 512 bytes in the source that end at `end`, in which
    /// libarchive hides types that it doesn't know (it takes them for regular files, as POSIX says).
    ///
    /// - Throws: ``TarError/Code/unsupportedKind``, ``TarError/Code/unsafePath``, ``TarError/Code/overLimit``,
    ///   ``TarError/Code/damaged``.
    func entry(_ record: EntryRecord, header: ByteSource, endingAt end: Int64) throws(TarError) -> TarEntry {
        guard var path = record.path else { throw TarError(.damaged, "an entry has no path") }
        if path.count > limits.pathBytes {
            throw TarError(.overLimit, "the path has more than \(limits.pathBytes) bytes", path: path)
        }
        guard let flag = Self.flag(header, endingAt: end) else {
            throw TarError(.unsupportedKind, "an entry without a POSIX or GNU header", path: path)
        }
        let type = record.type
        if record.isHardLink { throw TarError(.unsupportedKind, "a hard link", path: path) }
        if record.isSparse { throw TarError(.unsupportedKind, "a sparse file", path: path) }

        let kind: TarEntry.Kind
        switch (flag, type) {
        case (UInt8(ascii: "0"), carchive_regular), (0, carchive_regular): kind = .file
        case (UInt8(ascii: "5"), carchive_directory): kind = .directory
        case (UInt8(ascii: "2"), carchive_symlink): kind = .symlink(target: try target(record, path))
        default: throw TarError(.unsupportedKind, Self.name(of: flag), path: path)
        }
        if kind.isDirectory, path.last == UInt8(ascii: "/") { path.removeLast() }
        if !kind.isFile, record.size != 0 { throw TarError(.damaged, "only a file has a body", path: path) }
        // Sizes up to 2^62 can be rounded and added to an offset without overflow.
        let most = min(limits.entryBytes, 1 << 62)
        if record.size < 0 || record.size > most {
            throw TarError(.overLimit, "the body has more than \(most) bytes", path: path)
        }
        return TarEntry(
            path: path,
            kind: kind,
            mode: record.permissions,
            size: record.size,
            modified: record.modified
        )
    }

    /// The type flag of the header that ends there; nil for one without the magic.
    ///
    /// A pre-POSIX header has none; neither has the map that the body of a sparse file may begin with.
    static func flag(_ header: ByteSource, endingAt end: Int64) -> UInt8? {
        var offset = end - 512 + magicOffset
        for byte in "ustar".utf8 {
            if header.byte(at: offset) != byte { return nil }
            offset += 1
        }
        return header.byte(at: end - 512 + flagOffset)
    }

    private func target(_ record: EntryRecord, _ path: [UInt8]) throws(TarError) -> [UInt8] {
        guard let target = record.symlink, !target.isEmpty else {
            throw TarError(.damaged, "a symlink without a target", path: path)
        }
        if target.count > limits.pathBytes {
            throw TarError(.overLimit, "the symlink's target has more than \(limits.pathBytes) bytes", path: path)
        }
        return target
    }

    // Offsets of `typeflag` and `magic` in a ustar header: POSIX.1-2017, pax, "ustar Interchange Format".
    private static let flagOffset: Int64 = 156
    private static let magicOffset: Int64 = 257

    static func name(of flag: UInt8?) -> String {
        switch flag {
        case UInt8(ascii: "1"): "a hard link"
        case UInt8(ascii: "3"): "a character device"
        case UInt8(ascii: "4"): "a block device"
        case UInt8(ascii: "6"): "a FIFO"
        case UInt8(ascii: "S"): "a sparse file"
        case let flag?: "an entry of type \"\(TarError.escaped([flag]))\""
        case nil: "an entry without a header"
        }
    }
}
