#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension HostSystem {
    /// Whether nobody can read any more what is written to a descriptor: a pipe or socket whose other end is closed, a
    /// terminal that was hung up (poll(2), POLLERR and POLLHUP).
    ///
    /// False where it can't be told.
    package static func hasLostReader(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0 else { return false }
        return Int32(entry.revents) & (Int32(POLLERR) | Int32(POLLHUP)) != 0
    }
}
