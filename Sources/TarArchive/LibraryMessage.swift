import CArchive

extension TarError {
    /// An error with what libarchive says of its last failure.
    init(_ code: Code, of archive: OpaquePointer, path: [UInt8]? = nil) {
        var message = "libarchive gave no reason"
        if let text = unsafe archive_error_string(archive) {
            let bytes = unsafe UnsafeRawBufferPointer(start: text, count: carchive_length(text))
            message = unsafe Self.printable(Array(bytes))
        }
        self.init(code, message, path: path)
    }
}
