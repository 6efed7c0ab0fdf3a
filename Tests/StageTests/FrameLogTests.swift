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
}
