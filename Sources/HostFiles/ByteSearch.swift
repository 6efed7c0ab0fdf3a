#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Bytes found in memory, as fast as libc does it.
package enum ByteSearch {
    /// The first place at or after `start` that holds a byte (memchr(3)); nil when none does.
    package static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        guard let found = unsafe memchr(base.advanced(by: start), Int32(byte), bytes.count - start) else { return nil }
        return unsafe UnsafeRawPointer(found) - base
    }
}
