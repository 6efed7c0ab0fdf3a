/// Strings as execve(2) takes them: one block of bytes, and a vector of pointers into it that ends with nil.
@safe struct StringVector: ~Copyable {
    private let bytes: UnsafeMutablePointer<CChar>
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// - Throws: ``ProcessError`` with `invalidRequest` when a string holds a zero byte.
    init(_ strings: [String], named name: String) throws(ProcessError) {
        var block: [UInt8] = []
        var starts: [Int] = []
        starts.reserveCapacity(strings.count)
        for string in strings {
            starts.append(block.count)
            block.append(contentsOf: string.utf8)
            block.append(0)
        }
        // A zero byte within a string shows as one zero too many.
        guard block.count(where: { $0 == 0 }) == strings.count else {
            throw ProcessError(code: .invalidRequest, operation: "spawn", message: "zero byte in \(name)")
        }
        let count = block.count
        unsafe bytes = .allocate(capacity: max(count, 1))
        unsafe pointers = .allocate(capacity: starts.count + 1)
        unsafe block.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(bytes).copyMemory(from: start, byteCount: count)
        }
        for (index, start) in starts.enumerated() {
            unsafe (pointers + index).initialize(to: bytes + start)
        }
        unsafe (pointers + starts.count).initialize(to: nil)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe pointers.deallocate()
    }
}
