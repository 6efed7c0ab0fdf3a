package import ArtifactStore
package import ContentAddressing
import HostProcess
import JSONText
import PipelineContracts

/// `session.cast`: what a terminal showed and when, in asciicast v2 (docs.asciinema.org/manual/asciicast/v2), which
/// asciinema plays.
///
/// What is not UTF-8 becomes U+FFFD, as in any player; the raw stream stands beside it. What is typed is not in it but as
/// far as the terminal shows it.
package final class CastLog {
    private let log: FrameLog
    private let limit: Int64
    private var taken: Int64 = 0
    /// The beginning of a character whose end is to come.
    private var rest: [UInt8] = []

    /// Begins with the terminal's size, when it was, in seconds since 1970, and what TERM says; `limit` in bytes is that of
    /// the capture.
    init(store: Store, size: TerminalSize, time: Int64, term: String?, limit: Int64) {
        log = FrameLog(store: store)
        self.limit = limit
        var header: [String: JSONValue] = [
            "version": 2, "width": .integer(Int64(size.columns)), "height": .integer(Int64(size.rows)),
            "timestamp": .integer(time),
        ]
        if let term { header["env"] = ["TERM": .string(term)] }
        write(.object(header))
    }

    /// Notes what the terminal showed, `seconds` since the start.
    func note(_ bytes: UnsafeRawBufferPointer, seconds: Double) {
        guard taken <= limit else { return }
        taken += Int64(bytes.count)
        guard taken <= limit else { return event(seconds, "m", "the limit of the capture; the rest is not recorded") }
        rest.append(contentsOf: bytes)
        let whole = rest.count - Self.unfinished(rest)
        guard whole > 0 else { return }
        event(seconds, "o", String(decoding: rest.prefix(whole), as: UTF8.self))
        rest.removeFirst(whole)
    }

    /// Notes a new size.
    func note(_ size: TerminalSize, seconds: Double) {
        guard taken <= limit else { return }
        event(seconds, "r", "\(size.columns)x\(size.rows)")
    }

    private func event(_ seconds: Double, _ kind: String, _ text: String) {
        write([.number((seconds * 1e6).rounded() / 1e6), .string(kind), .string(text)])
    }

    private func write(_ line: JSONValue) { log.append(line.canonical() + [0x0A]) }

    /// Bytes at the end that begin a character of UTF-8 and don't end it.
    static func unfinished(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where bytes.count >= length {
            let byte = bytes[bytes.count - length]
            if byte & 0xC0 == 0x80 { continue }
            let wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return wanted > length ? length : 0
        }
        return 0
    }

    /// Publishes it.
    package func finish() throws(StoreError) -> Descriptor { try log.finish(mediaType: ArtefactKind.cast.mediaType) }
}
