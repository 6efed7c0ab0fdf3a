package import PipelineContracts

/// Turns chunks of captured streams, in the order in which they came, into what `logs` shows.
///
/// Without a clock the bytes pass through as they are. With one each line begins with the time of its first byte, and
/// lines of several streams come in the order of these. A line is held back until it is whole, and with it those that
/// began later, up to 64 KiB; a longer one goes out in pieces.
package struct LogWriter {
    /// Told of a stream and bytes for it, to be written at once or in this order.
    package typealias Sink = (_ stream: String, _ bytes: [UInt8]) throws -> Void

    private struct Line {
        let stream: String
        let seconds: Double
        var bytes: [UInt8]
        var isWhole: Bool
    }

    private let clock: LaunchClock?
    private let namesStreams: Bool
    private let sink: Sink
    private let missed: (String) throws -> Void
    private var lines: [Line] = []
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
    ///   - clock: For a time before each line; nil for the bytes alone.
    ///   - namesStreams: Whether the stream's name follows the time.
    ///   - sink: Gets what is to be shown.
    ///   - missed: Told in words of what was not kept, where there is no clock; with one that is a line of its own.
    package init(
        clock: LaunchClock?,
        namesStreams: Bool,
        sink: @escaping Sink,
        missed: @escaping (String) throws -> Void
    ) {
        self.clock = clock
        self.namesStreams = namesStreams
        self.sink = sink
        self.missed = missed
    }

    /// Takes the bytes of a frame, or a part of them.
    package mutating func take(_ bytes: [UInt8], of frame: CaptureFrame) throws {
        guard clock != nil else { return try sink(frame.stream, bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: Self.newline)
            let piece = rest[...(end ?? rest.endIndex - 1)]
            rest = rest[piece.endIndex...]
            if begun.contains(frame.stream) {
                try sink(frame.stream, Array(piece))
                if end != nil { begun.remove(frame.stream) }
            } else {
                hold(piece, frame, isWhole: end != nil)
                try release()
            }
        }
    }

    /// Tells that so many bytes of the frame's stream, from there on, were not kept.
    package mutating func skip(_ count: Int64, of frame: CaptureFrame) throws {
        let text = "\(count) bytes were not kept, over capture.limit"
        guard clock != nil else { return try missed("\(frame.stream): \(text)") }
        try endLine(of: frame.stream)
        hold(ArraySlice("[\(text)]\n".utf8), frame, isWhole: true)
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
        if begun.remove(stream) != nil { return try sink(stream, [Self.newline]) }
        guard let place = open.removeValue(forKey: stream) else { return }
        lines[place - gone].bytes.append(Self.newline)
        lines[place - gone].isWhole = true
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>, _ frame: CaptureFrame, isWhole: Bool) {
        heldBytes += bytes.count
        if let place = open[frame.stream] {
            lines[place - gone].bytes.append(contentsOf: bytes)
            lines[place - gone].isWhole = isWhole
            if isWhole { open[frame.stream] = nil }
        } else {
            if !isWhole { open[frame.stream] = gone + lines.count }
            lines.append(Line(stream: frame.stream, seconds: frame.seconds, bytes: Array(bytes), isWhole: isWhole))
        }
    }

    /// Lets lines go from the front: those that are whole, and others while too much is held.
    private mutating func release(all: Bool = false) throws {
        var count = 0
        defer {
            lines.removeFirst(count)
            gone += count
        }
        for line in lines {
            guard line.isWhole || all || heldBytes > Self.heldLimit else { break }
            count += 1
            heldBytes -= line.bytes.count
            if !line.isWhole {
                open[line.stream] = nil
                begun.insert(line.stream)
            }
            try sink(line.stream, Array(stamp(line).utf8) + line.bytes)
        }
    }

    private func stamp(_ line: Line) -> String {
        let time = clock?.text(after: line.seconds) ?? ""
        return namesStreams ? "\(time) \(line.stream) " : "\(time) "
    }
}
