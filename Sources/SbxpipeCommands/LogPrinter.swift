import HostFiles
import JSONText
import SandboxPipeline

/// Where `logs` shows what it has: each stream to its own descriptor, or all of them in one document.
final class LogPrinter {
    private let console: Console
    private let namesStreams: Bool
    private let output = LogOutput()
    private var isFirst = true

    /// `namesStreams` puts a stream's name behind each time; a document has it always.
    init(_ console: Console, namesStreams: Bool) {
        self.console = console
        self.namesStreams = namesStreams
    }

    /// Begins to show a run.
    func begin(id: @autoclosure () throws -> String, name: String) throws {
        guard console.isJSON else { return }
        let start = "{\"schema\":\"sbxpipe.logs/v1\",\"id\":\(quoted(try id())),\"name\":\(quoted(name)),\"lines\":["
        try output.write(Array(start.utf8), to: 1)
    }

    func write(_ piece: LogPiece) throws {
        if console.isJSON {
            if piece.bytes.isEmpty, piece.missing == 0 { return }
            try output.write(Array(isFirst ? "\n".utf8 : ",\n".utf8) + entry(piece).canonical(), to: 1)
            isFirst = false
        } else if piece.missing > 0, piece.time == nil {
            try output.flush()
            console.note("\(piece.stream): \(Self.gap(piece.missing))")
        } else {
            try output.write(text(piece), to: piece.stream == "stderr" ? 2 : 1)
        }
    }

    func finish() throws {
        if console.isJSON { try output.write(Array("\n]}\n".utf8), to: 1) }
        try output.flush()
    }

    func flush() throws { try output.flush() }

    private func text(_ piece: LogPiece) -> [UInt8] {
        var bytes: [UInt8] = []
        if let time = piece.time {
            bytes += Array((namesStreams ? "\(time) \(piece.stream) " : "\(time) ").utf8)
        }
        bytes += piece.missing > 0 ? Array("[\(Self.gap(piece.missing))]".utf8) : piece.bytes
        // The next line of another stream would go on where this one ends.
        if piece.endsLine, piece.bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        return bytes
    }

    private static func gap(_ missing: Int64) -> String { "\(missing) bytes were not kept, over capture.limit" }

    /// An entry of `lines`: `text` of a stream one after the other is what came, as far as it was kept.
    private func entry(_ piece: LogPiece) -> JSONValue {
        let text = String(validating: piece.bytes, as: UTF8.self)
        return .members([
            "stream": .string(piece.stream),
            "time": piece.time.map(JSONValue.string),
            "text": piece.missing > 0 ? nil : text.map(JSONValue.string),
            "base64": text == nil ? .string(Base64.text(piece.bytes)) : nil,
            "missing": piece.missing > 0 ? .integer(piece.missing) : nil,
        ])
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical(), as: UTF8.self)
    }
}

/// Bytes in JSON that are no UTF-8 (RFC 4648, section 4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                result.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
