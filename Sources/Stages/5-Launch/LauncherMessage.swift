/// The first words on stderr, kept back as long as they may be the launcher's own.
///
/// bubblewrap's messages begin with `bwrap: ` and are the last thing it does; a command that begins like that is passed
/// on at its next chunk, after a tenth of a second, or at its end. The other launchers share stderr with their container
/// and say anything: all is kept back until the container runs.
final class LauncherMessage {
    enum Rule {
        case beginning(with: String)
        case untilReleased
    }

    private(set) var isOpen = true
    private let rule: Rule
    private var bytes: [UInt8] = []
    var onRelease: (() -> Void)?

    init(_ rule: Rule) { self.rule = rule }

    /// How long a chunk is held at most; nil until it is released.
    var limit: Duration? {
        if case .beginning = rule { .milliseconds(100) } else { nil }
    }

    /// More is no message.
    private static let maximum = 64 << 10

    /// Takes a chunk if it may be the launcher's.
    func holds(_ chunk: UnsafeRawBufferPointer) -> Bool {
        switch rule {
        case .beginning(let prefix):
            guard bytes.isEmpty, chunk.starts(with: prefix.utf8) else { return false }
        case .untilReleased:
            guard bytes.count + chunk.count <= Self.maximum else { return false }
        }
        bytes.append(contentsOf: chunk)
        return true
    }

    /// Ends the holding and gives what was held.
    func close() -> [UInt8] {
        isOpen = false
        defer { bytes = [] }
        return bytes
    }
}
