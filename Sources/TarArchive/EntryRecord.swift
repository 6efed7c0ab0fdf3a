import CArchive

/// libarchive's record of one entry, used again for each.
@safe
final class EntryRecord {
    let pointer: OpaquePointer

    /// - Throws: ``TarError/Code/library`` without memory.
    init() throws(TarError) {
        guard let pointer = unsafe archive_entry_new() else { throw TarError(.library, "no memory for an entry") }
        unsafe self.pointer = unsafe pointer
    }

    deinit { unsafe archive_entry_free(pointer) }

    /// Sets all that the writer states, and leaves the rest unset.
    func fill(_ entry: TarEntry) {
        unsafe archive_entry_clear(pointer)
        let type =
            switch entry.kind {
            case .file: carchive_regular
            case .directory: carchive_directory
            case .symlink: carchive_symlink
            }
        unsafe archive_entry_set_mode(pointer, numericCast(type | UInt32(entry.mode)))
        unsafe archive_entry_set_size(pointer, entry.size)
        unsafe archive_entry_set_mtime(pointer, Int(entry.modified), 0)
        let path = entry.kind.isDirectory ? entry.path + [UInt8(ascii: "/")] : entry.path
        unsafe Self.withText(path) { unsafe archive_entry_copy_pathname(pointer, $0) }
        if case .symlink(let target) = entry.kind {
            unsafe Self.withText(target) { unsafe archive_entry_copy_symlink(pointer, $0) }
        }
    }

    /// The path as the archive has it.
    var path: [UInt8]? { unsafe Self.bytes(archive_entry_pathname(pointer)) }

    /// The target of a symlink.
    var symlink: [UInt8]? { unsafe Self.bytes(archive_entry_symlink(pointer)) }

    /// The path that a hard link is another name of.
    var hardLink: [UInt8]? { unsafe Self.bytes(archive_entry_hardlink(pointer)) }

    /// Who owns it; negative where the header has no number.
    var owner: (user: Int64, group: Int64) { unsafe (archive_entry_uid(pointer), archive_entry_gid(pointer)) }

    /// The numbers of a device.
    var device: (major: UInt64, minor: UInt64) {
        unsafe (UInt64(archive_entry_rdevmajor(pointer)), UInt64(archive_entry_rdevminor(pointer)))
    }

    /// Whether it is a hard link.
    var isHardLink: Bool { unsafe archive_entry_hardlink(pointer) != nil }

    /// Whether the body has holes.
    var isSparse: Bool { unsafe archive_entry_sparse_count(pointer) > 0 }

    /// The file type bits.
    var type: UInt32 { unsafe UInt32(archive_entry_mode(pointer)) & carchive_type_mask }

    /// The permission bits.
    var permissions: UInt16 { unsafe UInt16(truncatingIfNeeded: archive_entry_mode(pointer)) & 0o7777 }

    /// The length of the body.
    var size: Int64 { unsafe archive_entry_size(pointer) }

    /// The time of the last change in seconds.
    var modified: Int64 { unsafe Int64(archive_entry_mtime(pointer)) }

    private static func withText(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Void) {
        unsafe (bytes + [0]).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            unsafe start.withMemoryRebound(to: CChar.self, capacity: buffer.count) { unsafe body($0) }
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: carchive_length(text)))
    }
}
