import HostFiles
import JSONText
import PipelineContracts

/// What the command of a finished run wrote.
package struct RunLog {
    private let inspection: Inspection
    private let captures: JSONValue
    /// The streams that were captured: `stdout` and `stderr`, or `combined`, or none.
    package let streams: [String]

    /// - Throws: ``PipelineError`` when this is a plan, or when its captures can't be read.
    package init(_ inspection: Inspection) throws {
        guard inspection.kind == .run else {
            throw PipelineError(
                "\(inspection.name) is a plan; logs takes a run",
                hint: "sbxpipe exec \(inspection.name) makes one"
            )
        }
        self.inspection = inspection
        do {
            let captures = try JSONParser.parse(try inspection.bytes("collect/captures.json"))
            self.captures = captures
            streams = ["stdout", "stderr", "combined"].filter { captures[$0] != nil }
        } catch {
            throw PipelineError(error, source: "captures.json")
        }
    }

    package var name: String { inspection.name }

    /// The run's id.
    package func id() throws -> String {
        do {
            return try JSONParser.parse(try inspection.bytes("collect/run.json")).string("id")
        } catch {
            throw PipelineError(error, source: "run.json")
        }
    }

    /// The clock of the launch, for times.
    package func clock() throws -> LaunchClock {
        let record = try? JSONParser.parse(try inspection.bytes("launch/result.json"))
        guard let clock = record?["started"]?.stringValue.flatMap(LaunchClock.init) else {
            throw PipelineError("result.json does not say when the launch began")
        }
        return clock
    }

    /// Writes some of the streams in the order in which they came, to the end.
    ///
    /// Memory is bounded, whatever their size. Without `byTime` a stream alone needs no look at the frames. Of a stream
    /// in `starts` what comes before that place is left out.
    ///
    /// - Throws: ``PipelineError``, and what the writer throws.
    package func write(
        _ names: [String],
        byTime: Bool,
        from starts: [String: Int64] = [:],
        to writer: inout LogWriter
    ) throws {
        do {
            var captured: [String: CapturedStream] = [:]
            for name in names {
                let file = try inspection.open("collect/\(name)")
                let stream = try CapturedStream(name, try captures.required(name), file: file)
                if byTime || stream.count > 0 { captured[name] = stream }
            }
            if !byTime, captured.count < 2, starts.isEmpty {
                for stream in captured.values { try stream.write(stream.whole, to: &writer) }
            } else {
                try writeFrames(captured, from: starts, to: &writer)
            }
            try writer.finish()
        } catch let error as FileError {
            throw error
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    private func writeFrames(
        _ captured: [String: CapturedStream],
        from starts: [String: Int64],
        to writer: inout LogWriter
    ) throws {
        var reader = FrameReader()
        let file = try inspection.open("collect/frames.jsonl")
        var position: Int64 = 0
        while true {
            let bytes = try FileContent.read(descriptor: file.number, at: position, count: 1 << 18)
            if bytes.isEmpty { return }
            position += Int64(bytes.count)
            try reader.take(bytes) { frame in
                guard let rest = frame.from(starts[frame.stream] ?? 0) else { return }
                try captured[frame.stream]?.write(rest, to: &writer)
            }
        }
    }
}

extension CaptureFrame {
    /// What of it lies from a place of its stream on; nil when that is nothing.
    func from(_ start: Int64) -> CaptureFrame? {
        if start <= offset { return self }
        guard start - offset < length else { return nil }
        return CaptureFrame(seconds: seconds, stream: stream, offset: start, length: length - (start - offset))
    }
}
