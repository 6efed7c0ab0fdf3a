package import JSONText

/// A line of `frames.jsonl`: one chunk of a stream, as it came.
package struct CaptureFrame: Sendable, Hashable {
    /// Since the launch began.
    package let seconds: Double
    /// `stdout`, `stderr` or `combined`.
    package let stream: String
    /// Where the chunk begins in the whole stream, in bytes.
    package let offset: Int64
    /// Bytes of the chunk.
    package let length: Int64

    package init(seconds: Double, stream: String, offset: Int64, length: Int64) {
        self.seconds = seconds
        self.stream = stream
        self.offset = offset
        self.length = length
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let seconds = try json.required("seconds").numberValue else {
            throw JSONShapeError(path: "seconds", message: "expected a number")
        }
        self.seconds = seconds
        stream = try json.string("stream")
        offset = try json.integer("offset")
        length = try json.integer("length")
    }
}
