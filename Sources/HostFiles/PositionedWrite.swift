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

    /// Writes all bytes at a position.
    package static func write(
        _ bytes: [UInt8],
        to descriptor: Int32,
        at position: Int64,
        path: String = "a descriptor"
    ) throws(FileError) {
        let failure = unsafe bytes.withUnsafeBytes { buffer -> FileError? in
            do throws(FileError) {
                unsafe try write(buffer, to: descriptor, at: position, path: path)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Makes these bytes the whole content of an open file: written at its start, then cut there.
    package static func replace(_ bytes: [UInt8], in descriptor: Int32, path: String) throws(FileError) {
        try write(bytes, to: descriptor, at: 0, path: path)
        if ftruncate(descriptor, off_t(bytes.count)) != 0 { throw FileError("cut", path) }
    }
}
