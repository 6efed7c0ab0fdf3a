package import PipelineContracts

/// A part of what `logs` shows.
package struct LogPiece: Sendable, Hashable {
    package let stream: String
    /// When the line began that begins here, as RFC 3339; nil for more of a line, and where no times were asked for.
    package let time: String?
    package var bytes: [UInt8] = []
    /// Number of bytes that were not kept, in place of bytes.
    package var missing: Int64 = 0
    /// Where times were asked for: whether the line ends here, by its line feed or because no more of it comes.
    package var endsLine = false
}

/// Turns chunks of captured streams, in the order in which they came, into what `logs` shows.
///
/// Without a clock the bytes pass through as they are. With one each line begins with the time of its first byte, and
/// lines of several streams come in the order of these. A line is held back until it is whole, and with it those that
/// began later, up to 64 KiB; a longer one goes out in pieces. What was not kept is a line of its own.
package struct LogWriter {
    private let clock: LaunchClock?
    private let sink: (LogPiece) throws -> Void
    private var lines: [LogPiece] = []
    /// How many lines have left `lines`; places are counted from the first of all.
    private var gone = 0
    /// Place of each stream's line that is not whole yet.
    private var open: [String: Int] = [:]
    /// Streams in the middle of a line whose beginning went out already.
    private var begun: Set<String> = []
    private var heldBytes = 0

    private static let heldLimit = 64 << 10
    private static let newline = UInt8(ascii: "\n")

    /// - Parameters:
    ///   - clock: For a time of each line; nil for the bytes alone.
    ///   - sink: Gets what is to be shown, in its order.
    package init(clock: LaunchClock?, sink: @escaping (LogPiece) throws -> Void) {
        self.clock = clock
        self.sink = sink
    }

    /// Whether something waits for the end of its line, or of one before it.
    package var isHolding: Bool { !lines.isEmpty }

    /// Takes the bytes of a frame, or a part of them.
    package mutating func take(_ bytes: [UInt8], of frame: CaptureFrame) throws {
        guard clock != nil else { return try sink(LogPiece(stream: frame.stream, time: nil, bytes: bytes)) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: Self.newline)
            let bytes = rest[...(end ?? rest.endIndex - 1)]
            rest = rest[bytes.endIndex...]
            if begun.contains(frame.stream) {
                try sink(LogPiece(stream: frame.stream, time: nil, bytes: Array(bytes), endsLine: end != nil))
                if end != nil { begun.remove(frame.stream) }
            } else {
                hold(bytes, frame, endsLine: end != nil)
                try release()
            }
        }
    }

    /// Tells that so many bytes of the frame's stream, from there on, were not kept.
    package mutating func skip(_ count: Int64, of frame: CaptureFrame) throws {
        guard let clock else { return try sink(LogPiece(stream: frame.stream, time: nil, missing: count)) }
        try endLine(of: frame.stream)
        let time = clock.text(after: frame.seconds)
        let piece = LogPiece(stream: frame.stream, time: time, missing: count, endsLine: true)
        lines.append(piece)
        try release()
    }

    /// Shows what is held back, lines that are not whole too: for a pause in which nobody knows what will come.
    package mutating func flush() throws { try release(all: true) }

    /// Shows all that is left, and ends lines that never were.
    package mutating func finish() throws {
        for stream in Set(open.keys).union(begun).sorted() { try endLine(of: stream) }
        try flush()
    }

    private mutating func endLine(of stream: String) throws {
        if begun.remove(stream) != nil { return try sink(LogPiece(stream: stream, time: nil, endsLine: true)) }
        guard let place = open.removeValue(forKey: stream) else { return }
        lines[place - gone].endsLine = true
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>, _ frame: CaptureFrame, endsLine: Bool) {
        heldBytes += bytes.count
        if let place = open[frame.stream] {
            lines[place - gone].bytes.append(contentsOf: bytes)
            lines[place - gone].endsLine = endsLine
            if endsLine { open[frame.stream] = nil }
        } else {
            if !endsLine { open[frame.stream] = gone + lines.count }
            let time = clock?.text(after: frame.seconds)
            let piece = LogPiece(stream: frame.stream, time: time, bytes: Array(bytes), endsLine: endsLine)
            lines.append(piece)
        }
    }

    /// Lets lines go from the front: those that are whole, and others while too much is held.
    private mutating func release(all: Bool = false) throws {
        var count = 0
        defer {
            lines.removeFirst(count)
            gone += count
        }
        for piece in lines {
            guard piece.endsLine || all || heldBytes > Self.heldLimit else { break }
            count += 1
            heldBytes -= piece.bytes.count
            if !piece.endsLine {
                open[piece.stream] = nil
                begun.insert(piece.stream)
            }
            try sink(piece)
        }
    }
}
