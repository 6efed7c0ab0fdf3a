/// The first words on stderr, kept back as long as they may be the launcher's own.
///
/// bubblewrap's messages begin with `bwrap: ` and are the last thing it does; a command that begins like that is passed
/// on at its next chunk, after a tenth of a second, or at its end.
final class LauncherMessage {
    private(set) var isOpen = true
    private var bytes: [UInt8] = []
    var onRelease: (() -> Void)?

    /// Takes a chunk if it, as the first, may be the launcher's.
    func holds(_ chunk: UnsafeRawBufferPointer) -> Bool {
        guard bytes.isEmpty, chunk.starts(with: "bwrap: ".utf8) else { return false }
        bytes = Array(chunk)
        return true
    }

    /// Ends the holding and gives what was held.
    func close() -> [UInt8] {
        isOpen = false
        defer { bytes = [] }
        return bytes
    }
}
