#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Advisory locks of flock(2), which end with the last descriptor of the open file.
package enum FileLock {
    /// Takes the lock at once; `exists` when another holds it.
    package static func exclusive(_ descriptor: Int32, path: String) throws(FileError) {
        if try tryExclusive(descriptor, path: path) { return }
        throw FileError(code: .exists, operation: "lock", path: path, reason: "another process holds it")
    }

    /// Takes the lock alone, if nobody has it; false then.
    package static func tryExclusive(_ descriptor: Int32, path: String) throws(FileError) -> Bool {
        try take(LOCK_EX, descriptor, path)
    }

    /// Takes the lock beside others that share it; false when somebody has it alone.
    package static func tryShared(_ descriptor: Int32, path: String) throws(FileError) -> Bool {
        try take(LOCK_SH, descriptor, path)
    }

    private static func take(_ kind: Int32, _ descriptor: Int32, _ path: String) throws(FileError) -> Bool {
        while flock(descriptor, kind | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw FileError("lock", path) }
        }
        return true
    }
}

/// Times of files.
package enum FileTimes {
    /// Sets access and modification time to now; a symlink's own.
    package static func setToNow(_ path: String) throws(FileError) {
        if unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) != 0 { throw FileError("set the time of", path) }
    }
}

/// Permission bits of open files and of paths.
package enum FileMode {
    package static func set(_ permissions: UInt32, of descriptor: Int32, path: String) throws(FileError) {
        if fchmod(descriptor, mode_t(permissions)) != 0 { throw FileError("set the mode of", path) }
    }

    /// Whether the caller, by effective ids, may do this with the path (faccessat(2) with AT_EACCESS).
    package static func mayExecute(_ path: String) -> Bool { unsafe faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 }

    package static func mayWrite(_ path: String) -> Bool { unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 }

    package static func mayRead(_ path: String) -> Bool { unsafe faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 }
}
