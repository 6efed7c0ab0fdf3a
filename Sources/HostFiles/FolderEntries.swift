#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The names in a folder with what lstat(2) says of each, sorted by their bytes, without `.` and `..`.
package struct FolderEntries {
    /// All names, each closed by a NUL.
    private var names: [UInt8] = []
    /// Where each name lies, and what it is.
    private var entries: [(start: Int, end: Int, status: FileStatus)] = []

    package var count: Int { entries.count }

    package func name(_ index: Int) -> ArraySlice<UInt8> { names[entries[index].start..<entries[index].end] }

    package func status(_ index: Int) -> FileStatus { entries[index].status }

    /// Reads an open folder; one that goes away meanwhile is passed over.
    package init(of folder: Int32, path: String = "a folder") throws(FileError) {
        let number = try OwnedDescriptor.open(".", [.read, .folder], at: folder).release()
        guard let stream = unsafe fdopendir(number) else {
            let error = FileError("list", path)
            _ = close(number)
            throw error
        }
        defer { unsafe _ = closedir(stream) }
        var places: [(start: Int, end: Int)] = []
        while true {
            // The end and a failure look alike but for errno (readdir(3)).
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw FileError("list", path) }
                break
            }
            let start = names.count
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe names.append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text) + 1))
                }
            }
            let length = names.count - 1 - start
            let isDot = names[start] == 0x2E && (length == 1 || (length == 2 && names[start + 1] == 0x2E))
            if isDot { names.removeLast(length + 1) } else { places.append((start, names.count - 1)) }
        }
        entries.reserveCapacity(places.count)
        try look(at: Self.sorted(places, names), in: folder)
    }

    private static func sorted(_ places: [(start: Int, end: Int)], _ names: [UInt8]) -> [(start: Int, end: Int)] {
        unsafe names.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return places }
            // The closing NUL is below every byte of a name.
            return places.sorted { left, right in unsafe strcmp(base + left.start, base + right.start) < 0 }
        }
    }

    private mutating func look(at places: [(start: Int, end: Int)], in folder: Int32) throws(FileError) {
        var failed: Int?
        unsafe names.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            for (index, place) in places.enumerated() {
                var found = stat()
                let status = unsafe (base + place.start).withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    unsafe fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW)
                }
                if status == 0 {
                    entries.append((place.start, place.end, FileStatus(found)))
                } else if errno != ENOENT {
                    failed = index
                    return
                }
            }
        }
        if let failed {
            let number = currentErrno()
            let place = places[failed]
            throw FileError("look at", RawName(Array(names[place.start..<place.end])).text, errno: number)
        }
    }
}
