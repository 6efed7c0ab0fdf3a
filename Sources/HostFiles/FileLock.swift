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
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
        if errno == EWOULDBLOCK {
            throw FileError(code: .exists, operation: "lock", path: path, reason: "another process holds it")
        }
        throw FileError("lock", path)
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
