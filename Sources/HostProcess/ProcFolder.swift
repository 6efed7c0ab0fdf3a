#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files and folders below `/proc`, read whole.
enum ProcFolder {
    /// The content of a file; nil when it can't be opened or read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        while true {
            let before = content.count
            content.append(contentsOf: repeatElement(0, count: 4096))
            let count = unsafe content.withUnsafeMutableBytes { bytes in
                unsafe readBytes(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[before...]))
            }
            content.removeLast(4096 - max(count, 0))
            if count < 0, errno != EINTR { return nil }
            if count == 0 { return content }
        }
    }

    /// Where a symlink points; nil when it can't be read.
    static func link(_ path: String) -> String? {
        unsafe withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { bytes in
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return nil }
            let count = unsafe readlink(path, start, bytes.count)
            return count < 0 ? nil : unsafe String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    /// The entries of a folder that are numbers, ascending; empty when it can't be read.
    static func numbers(in path: String) -> [Int32] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe _ = closedir(folder) }
        var found: [Int32] = []
        while let entry = unsafe readdir(folder) {
            // d_name lies at the end of a record that may be shorter than the type.
            let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
            let name = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let number = unsafe Int32(String(cString: name))
            if let number { found.append(number) }
        }
        return found.sorted()
    }
}

/// read(2) by a name that no type of this module has.
func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
