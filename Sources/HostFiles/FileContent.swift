#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole files and whole descriptors, read and written.
package enum FileContent {
    /// Reads a regular file; symlinks are followed unless `noFollow`.
    ///
    /// A FIFO, device, socket or folder is refused (`notRegular`, never opened for long: O_NONBLOCK), and so is a file
    /// over `limit` bytes (`tooLarge`).
    package static func read(
        _ path: String,
        limit: Int,
        noFollow: Bool = false,
        at folder: Int32 = AT_FDCWD
    ) throws(FileError) -> [UInt8] {
        let flags: OpenFlags = noFollow ? [.read, .nonBlocking, .noFollow] : [.read, .nonBlocking]
        let file = try OwnedDescriptor.open(path, flags, at: folder)
        let status = try FileStatus.of(descriptor: file.number, path: path)
        guard status.kind == .file else {
            throw FileError(
                code: status.kind == .folder ? .isAFolder : .notRegular,
                operation: "read",
                path: path,
                reason: "is a \(status.kind.rawValue), not a file"
            )
        }
        guard status.size <= Int64(limit) else {
            throw FileError(
                code: .tooLarge,
                operation: "read",
                path: path,
                reason: "has \(status.size) bytes, at most \(limit) are read"
            )
        }
        return try read(descriptor: file.number, sizeHint: Int(status.size), limit: limit, path: path)
    }

    /// Reads a descriptor to its end, at most `limit` bytes; more is `tooLarge`.
    package static func read(
        descriptor: Int32,
        sizeHint: Int = 4096,
        limit: Int,
        path: String = "a descriptor"
    ) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = max(sizeHint, 0) + 1
        while true {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: room))
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe systemRead(descriptor, buffer.baseAddress?.advanced(by: start), room)
            }
            bytes.removeLast(room - max(count, 0))
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw FileError("read", path) }
            if bytes.count > limit {
                throw FileError(
                    code: .tooLarge,
                    operation: "read",
                    path: path,
                    reason: "has more than \(limit) bytes"
                )
            }
            room = max(4096, min(bytes.count, 1 << 20))
        }
    }

    /// Reads up to a line end, byte by byte, so that what follows stays for others; without the end, at most `limit`.
    package static func readLine(descriptor: Int32, limit: Int) throws(FileError) -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < limit {
            let count = unsafe systemRead(descriptor, &byte, 1)
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            if count < 0, errno != EINTR { throw FileError("read", "a line") }
            if count > 0 { line.append(byte) }
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Reads at most `count` bytes at a position (pread(2)), fewer only at the end of the file.
    package static func read(
        descriptor: Int32,
        at position: Int64,
        count: Int,
        path: String = "a descriptor"
    ) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: done),
                    count - done,
                    off_t(position + Int64(done))
                )
            }
            if got == 0 { break }
            if got < 0, errno != EINTR { throw FileError("read", path) }
            done += max(got, 0)
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Writes all bytes to a descriptor.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String = "a descriptor") throws(FileError) {
        let failure = unsafe bytes.withUnsafeBytes { buffer -> FileError? in
            do throws(FileError) {
                unsafe try write(buffer, to: descriptor, path: path)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Writes a whole buffer to a descriptor, waiting where it is non-blocking and full.
    package static func write(
        _ buffer: UnsafeRawBufferPointer,
        to descriptor: Int32,
        path: String = "a descriptor"
    ) throws(FileError) {
        var done = 0
        while done < buffer.count {
            let count = unsafe systemWrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw FileError("write", path)
            }
        }
    }
}
