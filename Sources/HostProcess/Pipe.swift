internal import CHostShims

/// Makes a pipe, both ends close-on-exec; the caller owns both.
package func makePipe() throws(ProcessError) -> (read: Int32, write: Int32) {
    var ends: (read: Int32, write: Int32) = (-1, -1)
    _ = try checked("pipe", unsafe sbx_pipe(&ends.read, &ends.write))
    return ends
}

/// Makes a file in memory with these bytes, for reading from its start: sealed against every change, close-on-exec,
/// owned by the caller.
///
/// `name` shows in `/proc` only. On Darwin it is an unlinked temporary file, without the seal.
package func memoryFile(named name: String, bytes: [UInt8]) throws(ProcessError) -> Int32 {
    let descriptor = unsafe bytes.withUnsafeBytes { bytes in
        // An empty array has no address.
        unsafe sbx_memory_file(name, bytes.baseAddress, bytes.count)
    }
    return try checked("make file in memory \(name)", descriptor)
}
