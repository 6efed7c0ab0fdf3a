import JSONText
package import PipelineContracts

/// Takes `frames.jsonl` as it comes, in pieces of any length, and gives its lines as frames.
package struct FrameReader {
    private var rest: [UInt8] = []

    package init() {}

    /// Takes the next bytes and hands over each frame that is whole; what follows the last line feed waits for more.
    ///
    /// - Throws: ``PipelineError`` for a line that is no frame, and what `body` throws.
    package mutating func take(_ bytes: some Collection<UInt8>, _ body: (CaptureFrame) throws -> Void) throws {
        rest.append(contentsOf: bytes)
        var start = rest.startIndex
        defer { rest.removeSubrange(..<start) }
        while let end = rest[start...].firstIndex(of: 0x0A) {
            let line = Array(rest[start..<end])
            start = end + 1
            do {
                try body(try CaptureFrame(try JSONParser.parse(line)))
            } catch is JSONSyntaxError, is JSONShapeError {
                throw PipelineError("frames.jsonl has a line that is no frame")
            }
        }
    }
}
