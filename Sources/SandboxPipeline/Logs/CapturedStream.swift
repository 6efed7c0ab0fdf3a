import HostFiles
import JSONText
import PipelineContracts

/// A stream of a finished run: the pieces of it that were kept, in the file that holds them.
final class CapturedStream {
    /// A piece: where it begins in the whole stream, and in the file.
    private struct Piece {
        let range: Range<Int64>
        let start: Int64
    }

    let name: String
    /// Bytes of the whole stream.
    let count: Int64
    private let file: OwnedDescriptor
    private let pieces: [Piece]
    /// How far gaps were told of.
    private var told: Int64 = 0
    /// Bytes of the file from `windowStart` on: small frames need no read each.
    private var window: [UInt8] = []
    private var windowStart: Int64 = 0

    private static let windowSize = 256 << 10

    /// `entry` is the stream's member of `captures.json`.
    init(_ name: String, _ entry: JSONValue, file: consuming OwnedDescriptor) throws(JSONShapeError) {
        self.name = name
        self.file = file
        count = try entry.integer("bytes")
        var pieces: [Piece] = []
        var start: Int64 = 0
        for kept in try entry.array("kept") {
            let (offset, bytes) = (try kept.integer("offset"), try kept.integer("bytes"))
            guard bytes >= 0, offset >= pieces.last?.range.upperBound ?? 0, offset <= Int64.max - bytes else {
                throw JSONShapeError(path: "kept", message: "pieces are in no order")
            }
            pieces.append(Piece(range: offset..<(offset + bytes), start: start))
            start += bytes
        }
        self.pieces = pieces
    }

    /// The whole stream as one frame, for a caller to whom times are nothing.
    var whole: CaptureFrame { CaptureFrame(seconds: 0, stream: name, offset: 0, length: count) }

    /// Hands a frame's bytes to a writer, and tells it once of each gap that the frame comes to.
    func write(_ frame: CaptureFrame, to writer: inout LogWriter) throws {
        guard frame.offset >= 0, frame.length >= 0, frame.offset <= count - frame.length else {
            throw PipelineError("frames.jsonl names bytes that \(name) does not have")
        }
        var position = frame.offset
        let end = frame.offset + frame.length
        while position < end {
            guard let piece = pieces.first(where: { $0.range.upperBound > position }) else {
                return try tell(frame, from: position, to: count, &writer)
            }
            if position < piece.range.lowerBound {
                try tell(frame, from: position, to: piece.range.lowerBound, &writer)
                position = piece.range.lowerBound
                continue
            }
            let wanted = min(end, piece.range.upperBound) - position
            let bytes = try read(piece.start + position - piece.range.lowerBound, wanted)
            try writer.take(bytes, of: frame)
            position += Int64(bytes.count)
        }
    }

    private func tell(_ frame: CaptureFrame, from start: Int64, to end: Int64, _ writer: inout LogWriter) throws {
        guard end > told else { return }
        try writer.skip(end - start, of: frame)
        told = end
    }

    /// At least one byte from a place in the file on, and at most `count`.
    private func read(_ place: Int64, _ count: Int64) throws -> [UInt8] {
        if place < windowStart || place >= windowStart + Int64(window.count) {
            window = try FileContent.read(descriptor: file.number, at: place, count: Self.windowSize, path: name)
            windowStart = place
            if window.isEmpty { throw PipelineError("\(name) is shorter than captures.json says") }
        }
        let start = Int(place - windowStart)
        return Array(window[start..<min(window.count, start + Int(min(count, Int64(Self.windowSize))))])
    }
}
