internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is made under a name of any bytes, in an open folder.
extension RawName {
    /// Makes a folder that is the caller's alone; false when the name is taken.
    @discardableResult
    package func makeFolder(at folder: Int32) throws(FileError) -> Bool {
        if unsafe withPointer({ name in unsafe mkdirat(folder, name, 0o700) }) == 0 { return true }
        if errno == EEXIST { return false }
        throw FileError("make folder", text)
    }

    /// Makes a symlink; the target is any bytes but NUL.
    package func makeLink(to target: [UInt8], at folder: Int32) throws(FileError) {
        let status = unsafe withPointer { name in
            unsafe RawName(target).withPointer { target in unsafe symlinkat(target, folder, name) }
        }
        if status != 0 { throw FileError("link", text) }
    }

    /// Sets both times, in seconds since 1970; a symlink's own.
    package func setTimes(_ seconds: Int64, at folder: Int32) throws(FileError) {
        let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
        let status = unsafe withPointer { name in
            unsafe [time, time].withUnsafeBufferPointer { times in
                unsafe utimensat(folder, name, times.baseAddress, AT_SYMLINK_NOFOLLOW)
            }
        }
        if status != 0 { throw FileError("set the time of", text) }
    }

    /// Sets the permission bits of what is no symlink.
    package func setMode(_ permissions: UInt32, at folder: Int32) throws(FileError) {
        if unsafe withPointer({ name in unsafe fchmodat(folder, name, mode_t(permissions), 0) }) != 0 {
            throw FileError("set the mode of", text)
        }
    }

    /// Gives what lies under another name, a symlink itself, this one too.
    package func makeHardLink(to target: RawName, at targetFolder: Int32, in folder: Int32) throws(FileError) {
        let status = unsafe withPointer { name in
            unsafe target.withPointer { target in unsafe linkat(targetFolder, target, folder, name, 0) }
        }
        if status != 0 { throw FileError("link", text) }
    }

    /// Sets who owns it; a symlink's own.
    package func setOwner(_ user: UInt32, _ group: UInt32, at folder: Int32) throws(FileError) {
        let status = unsafe withPointer { name in unsafe fchownat(folder, name, user, group, AT_SYMLINK_NOFOLLOW) }
        if status != 0 { throw FileError("set the owner of", text) }
    }
}
