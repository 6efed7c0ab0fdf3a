import ArtifactStore
import ContentAddressing
import JSONText
import LaunchStage
import TestSupport
import Testing

@Suite("The log of frames", .tags(.medium))
struct FrameLogTests {
    @Test("each chunk is a line of JSON, in order, however many there are", arguments: [0, 1, 5, 5000])
    func lines(count: Int) throws {
        let fixture = try StoreFixture()
        let log = FrameLog(store: fixture.store)
        for index in 0..<count {
            let stream = index % 2 == 0 ? "stdout" : "stderr"
            log.note(seconds: Double(index) * 1.23456789e-6, stream: stream, offset: Int64(index) * 10, length: 10)
        }
        let blob = try log.finish()
        #expect(blob.mediaType == "application/vnd.sbxpipe.frames.v1+jsonl")
        let text = String(decoding: try fixture.store.read(blob.digest), as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        let lines = text.split(separator: "\n")
        #expect(lines.count == count)
        for (index, line) in lines.enumerated() {
            let frame = try JSONParser.parse(Array(line.utf8))
            #expect(frame["offset"]?.integerValue == Int64(index) * 10)
            #expect(frame["length"]?.integerValue == 10)
            #expect(frame["stream"]?.stringValue == (index % 2 == 0 ? "stdout" : "stderr"))
            #expect(frame["seconds"] != nil)
        }
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("a flood of small chunks goes on by a line a second, without a gap, in the order of time")
    func flood() throws {
        let fixture = try StoreFixture()
        let log = FrameLog(store: fixture.store)
        let (count, streams) = (200_000, ["stdout", "stderr"])
        for index in 0..<count {
            log.note(seconds: Double(index) / 5000, stream: streams[index % 2], offset: Int64(index / 2), length: 1)
        }
        let blob = try log.finish()
        #expect(blob.size < 5 << 20)
        var ends: [String: Int64] = ["stdout": 0, "stderr": 0]
        var time = -1.0
        for line in String(decoding: try fixture.store.read(blob.digest), as: UTF8.self).split(separator: "\n") {
            let frame = try JSONParser.parse(Array(line.utf8))
            let (stream, seconds) = (frame["stream"]?.stringValue ?? "", frame["seconds"]?.numberValue ?? -2)
            guard ends[stream] == frame["offset"]?.integerValue, seconds >= time else {
                Issue.record("a gap, or back in time: \(line)")
                return
            }
            ends[stream, default: 0] += frame["length"]?.integerValue ?? 0
            time = seconds
        }
        #expect(ends == ["stdout": 100_000, "stderr": 100_000])
    }
}
