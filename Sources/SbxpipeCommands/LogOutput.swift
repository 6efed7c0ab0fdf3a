import HostFiles

/// Stdout and stderr for many small pieces: what goes to one of them is collected until the other one's turn, so that a
/// reader of both sees their order.
final class LogOutput {
    private var bytes: [UInt8] = []
    private var descriptor: Int32 = 1

    private static let limit = 64 << 10
    /// The reason of the error when a reader closed its end.
    static let readerIsGone = errorText(32)

    func write(_ more: [UInt8], to target: Int32) throws(FileError) {
        if target != descriptor || bytes.count + more.count > Self.limit { try flush() }
        descriptor = target
        bytes.append(contentsOf: more)
    }

    func flush() throws(FileError) {
        guard !bytes.isEmpty else { return }
        defer { bytes.removeAll(keepingCapacity: true) }
        try FileContent.write(bytes, to: descriptor, path: descriptor == 2 ? "stderr" : "stdout")
    }
}
