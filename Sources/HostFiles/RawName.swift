internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A name or path as the kernel has it: any bytes but NUL, not always UTF-8; used relative to a folder descriptor.
package struct RawName: Sendable, Hashable {
    /// The bytes, without the closing NUL.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The name for people: invalid bytes as U+FFFD, control characters escaped.
    package var text: String { Printable.escaped(String(decoding: bytes, as: UTF8.self)) }

    func withPointer<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe (bytes + [0]).withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                // A buffer of at least one byte has a base address.
                unsafe body(text.baseAddress.unsafelyUnwrapped)
            }
        }
    }

    /// Status below a folder descriptor, symlinks not followed; nil when there is nothing.
    package func status(at folder: Int32) throws(FileError) -> FileStatus? {
        var found = stat()
        if unsafe withPointer({ name in unsafe fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) }) == 0 {
            return FileStatus(found)
        }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw FileError("look at", text)
    }

    /// Opens a name in a folder; never follows a symlink in the last component.
    package func open(_ flags: OpenFlags, at folder: Int32) throws(FileError) -> OwnedDescriptor {
        let number = unsafe withPointer { name in
            unsafe openat(folder, name, flags.rawValue | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        }
        guard number >= 0 else { throw FileError("open", text) }
        return OwnedDescriptor(adopting: number)
    }

    /// Opens a relative path without leaving the folder or following a symlink in any component (openat2(2)).
    package func openBeneath(_ folder: Int32, _ flags: OpenFlags) throws(FileError) -> OwnedDescriptor {
        let number = unsafe withPointer { name in
            unsafe sbx_open_beneath(folder, name, flags.rawValue | O_CLOEXEC, 0)
        }
        guard number >= 0 else { throw FileError("open", text) }
        return OwnedDescriptor(adopting: number)
    }

    /// The target of a symlink, as raw bytes.
    package func linkTarget(at folder: Int32) throws(FileError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4097)
        let count = unsafe withPointer { name in unsafe systemReadLink(folder, name, &buffer) }
        guard count >= 0 else { throw FileError("read link", text) }
        return Array(buffer.prefix(count))
    }

    /// Removes a file, or a folder with all below it on the same file system; symlinks are removed, not followed.
    ///
    /// Holds no more than ten descriptors however deep the folder is: what lies deeper is moved up first.
    package func removeTree(at folder: Int32, device: UInt64) throws(FileError) {
        guard let status = try status(at: folder) else { return }
        guard status.kind == .folder else { return try remove(at: folder) }
        let top = try openForRemoval(at: folder, status, device: device)
        while try Self.empty(top.number, device: device, top: top.number, depth: 1) {}
        try remove(at: folder, flags: AT_REMOVEDIR)
    }

    private static let greatestDepth = 8

    /// Removes what is in a folder; true when something of it was moved into `top`, which then is to be emptied again.
    private static func empty(_ folder: Int32, device: UInt64, top: Int32, depth: Int) throws(FileError) -> Bool {
        var hasMoved = false
        for entry in try Folder.names(".", at: folder) {
            let name = RawName(entry)
            guard let status = try name.status(at: folder) else { continue }
            guard status.kind == .folder else {
                try name.remove(at: folder)
                continue
            }
            let handle = try name.openForRemoval(at: folder, status, device: device)
            if depth < greatestDepth {
                if try empty(handle.number, device: device, top: top, depth: depth + 1) { hasMoved = true }
                try name.remove(at: folder, flags: AT_REMOVEDIR)
            } else {
                try name.move(from: folder, into: top)
                hasMoved = true
            }
        }
        return hasMoved
    }

    /// Opens a folder in such a way that what is in it can be removed.
    private func openForRemoval(at folder: Int32, _ status: FileStatus, device: UInt64) throws(FileError)
        -> OwnedDescriptor
    {
        guard status.device == device else {
            throw FileError(code: .outside, operation: "remove", path: text, reason: "lies on another file system")
        }
        if status.permissions & 0o700 != 0o700 {
            _ = unsafe withPointer { name in unsafe fchmodat(folder, name, 0o700, 0) }
        }
        return try open([.read, .folder], at: folder)
    }

    private func remove(at folder: Int32, flags: Int32 = 0) throws(FileError) {
        if unsafe withPointer({ name in unsafe unlinkat(folder, name, flags) }) != 0, errno != ENOENT {
            throw FileError("remove", text)
        }
    }

    private func move(from folder: Int32, into top: Int32) throws(FileError) {
        let other = "moved-up-" + HostSystem.randomBytes(8).map { String($0, radix: 16) }.joined(separator: "-")
        if unsafe withPointer({ name in unsafe renameat(folder, name, top, other) }) != 0, errno != ENOENT {
            throw FileError("remove", text)
        }
    }
}
