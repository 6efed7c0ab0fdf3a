import CArchive

/// The body of an entry in a file that others may change meanwhile.
struct DescriptorBody {
    let descriptor: Int32
    let entry: TarEntry

    /// Passes on exactly the bytes that the entry says, in pieces of at most 64 KiB.
    ///
    /// - Throws: ``TarError/Code/changedWhileRead``, ``TarError/Code/readFailed``, and what `deliver` throws.
    func copy(to deliver: (UnsafeRawBufferPointer) throws(TarError) -> Void) throws(TarError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: BlockSink.capacity, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var offset: Int64 = 0
        while offset < entry.size {
            let wanted = Int(min(Int64(buffer.count), entry.size - offset))
            let count = try unsafe read(into: buffer, wanted, at: offset)
            if count == 0 { throw changed("only \(offset)") }
            try unsafe deliver(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
        if try unsafe read(into: buffer, 1, at: entry.size) != 0 { throw changed("more") }
    }

    private func read(
        into buffer: UnsafeMutableRawBufferPointer,
        _ wanted: Int,
        at offset: Int64
    ) throws(TarError) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        let count = unsafe carchive_pread(descriptor, start, wanted, offset)
        if count >= 0 { return count }
        let errno = Int32(-count)
        throw TarError(.readFailed, "the file can't be read (errno \(errno))", path: entry.path, errno: errno)
    }

    private func changed(_ what: String) -> TarError {
        TarError(.changedWhileRead, "the file has \(what) bytes, not \(entry.size)", path: entry.path)
    }
}
