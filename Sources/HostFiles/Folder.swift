internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Folders and names in them: made, listed, linked, moved, removed.
package enum Folder {
    /// Names in a folder as raw bytes, sorted, without `.` and `..`.
    package static func names(_ path: String, at folder: Int32 = AT_FDCWD) throws(FileError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        try visit(path, at: folder) { names.append($0) }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names
    }

    /// Hands over each name in a folder as it is read, in no order, without `.` and `..`.
    ///
    /// A name that is made or removed meanwhile may be told or not.
    package static func visit(
        _ path: String,
        at folder: Int32 = AT_FDCWD,
        _ body: ([UInt8]) -> Void
    ) throws(FileError) {
        let handle = try OwnedDescriptor.open(path, [.read, .folder], at: folder)
        let number = handle.release()
        guard let stream = unsafe fdopendir(number) else {
            let error = FileError("list", path)
            _ = close(number)
            throw error
        }
        defer { unsafe _ = closedir(stream) }
        while true {
            // The end and a failure look alike but for errno (readdir(3)): a folder cut short must not seem empty.
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw FileError("list", path) }
                return
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
                }
            }
            if name != [0x2E], name != [0x2E, 0x2E] { body(name) }
        }
    }

    /// Makes one folder with exactly these permissions, whatever the umask; false when it is there already.
    @discardableResult
    package static func make(
        _ path: String,
        permissions: UInt32 = 0o700,
        at folder: Int32 = AT_FDCWD
    ) throws(FileError) -> Bool {
        if unsafe mkdirat(folder, path, mode_t(permissions)) == 0 {
            unsafe _ = fchmodat(folder, path, mode_t(permissions), 0)
            return true
        }
        if errno == EEXIST { return false }
        throw FileError("make folder", path)
    }

    /// Makes a folder and those above it.
    package static func makeAll(_ path: String, permissions: UInt32 = 0o700) throws(FileError) {
        if let status = try FileStatus.of(path, following: true), status.kind == .folder { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeAll(String(path[..<slash]), permissions: permissions)
        }
        try make(path, permissions: permissions)
    }

    /// Makes a symlink; false when the name is taken.
    @discardableResult
    package static func link(_ path: String, to target: String, at folder: Int32 = AT_FDCWD) throws(FileError) -> Bool {
        if unsafe symlinkat(target, folder, path) == 0 { return true }
        if errno == EEXIST { return false }
        throw FileError("link", path)
    }

    /// Gives what is there, a symlink itself, a second name; false where that can't be.
    package static func alias(_ path: String, of existing: String) -> Bool {
        unsafe linkat(AT_FDCWD, existing, AT_FDCWD, path, 0) == 0
    }

    /// The target of a symlink.
    package static func target(of path: String, at folder: Int32 = AT_FDCWD) throws(FileError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4097)
        let count = unsafe systemReadLink(folder, path, &buffer)
        guard count >= 0 else { throw FileError("read link", path) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// Renames over whatever is there.
    package static func rename(_ from: String, to target: String) throws(FileError) {
        if systemRename(from, target) != 0 { throw FileError("rename", from) }
    }

    /// Renames unless the target exists; false then.
    package static func renameWithoutReplacing(_ from: String, to target: String) throws(FileError) -> Bool {
        if unsafe sbx_rename_without_replacing(AT_FDCWD, from, AT_FDCWD, target) == 0 { return true }
        if errno == EEXIST { return false }
        if errno == EINVAL || errno == ENOSYS {
            // Some network file systems have no RENAME_NOREPLACE: a hard link refuses to replace as well.
            if systemLink(from, target) == 0 {
                unsafe _ = unlink(from)
                return true
            }
            if errno == EEXIST { return false }
        }
        throw FileError("rename", from)
    }

    /// Removes a file or symlink; nothing there is fine.
    package static func removeFile(_ path: String, at folder: Int32 = AT_FDCWD) throws(FileError) {
        if unsafe unlinkat(folder, path, 0) != 0, errno != ENOENT { throw FileError("remove", path) }
    }

    /// Removes an empty folder, or a cgroup without processes; false when it is still there.
    package static func removeEmpty(_ path: String) -> Bool {
        unsafe unlinkat(AT_FDCWD, path, AT_REMOVEDIR) == 0 || errno == ENOENT
    }

    /// Removes a tree without following symlinks or leaving its file system; nothing there is fine.
    package static func removeTree(_ path: String) throws(FileError) {
        guard let status = try FileStatus.of(path) else { return }
        try RawName(path).removeTree(at: AT_FDCWD, device: status.device)
    }
}
