#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension FileContent {
    /// Writes all of a buffer at a position (pwrite(2)).
    package static func write(
        _ buffer: UnsafeRawBufferPointer,
        to descriptor: Int32,
        at position: Int64,
        path: String = "a descriptor"
    ) throws(FileError) {
        var done = 0
        while done < buffer.count {
            let count = unsafe pwrite(
                descriptor,
                buffer.baseAddress?.advanced(by: done),
                buffer.count - done,
                off_t(position + Int64(done))
            )
            if count < 0, errno != EINTR { throw FileError("write", path) }
            done += max(count, 0)
        }
    }
}
