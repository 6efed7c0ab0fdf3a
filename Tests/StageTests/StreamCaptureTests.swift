import ArtifactStore
import ContentAddressing
import LaunchStage
import PipelineContracts
import TestSupport
import Testing

@Suite("Captures", .tags(.medium))
struct StreamCaptureTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
    }

    /// Feeds all bytes in chunks and compares what was kept with a plain computation.
    private func check(_ count: Int, limit: Int, chunk: Int, _ where: SourceLocation = #_sourceLocation) throws {
        let all = bytes(count)
        let capture = StreamCapture("stdout", limit: Int64(limit), store: fixture.store)
        var start = 0
        while start < count {
            let end = min(start + chunk, count)
            Array(all[start..<end]).withUnsafeBytes { capture.append($0) }
            start = end
        }
        #expect(capture.count == Int64(count))
        let stream = try capture.finish()
        #expect(stream.digest == Digest.of(all), "\(count) of \(limit) by \(chunk)", sourceLocation: `where`)
        #expect(stream.bytes == Int64(count))
        let kept = try fixture.store.read(stream.file.digest)
        if count <= limit {
            #expect(kept == all, "\(count) of \(limit) by \(chunk)", sourceLocation: `where`)
            #expect(stream.kept == [.init(offset: 0, bytes: Int64(count), digest: Digest.of(all))])
            #expect(!stream.isTruncated)
        } else {
            let head = Array(all[..<(limit / 2)])
            let tail = Array(all[(count - (limit - limit / 2))...])
            #expect(kept == head + tail, "\(count) of \(limit) by \(chunk)", sourceLocation: `where`)
            #expect(
                stream.kept == [
                    .init(offset: 0, bytes: Int64(head.count), digest: Digest.of(head)),
                    .init(offset: Int64(count - tail.count), bytes: Int64(tail.count), digest: Digest.of(tail)),
                ]
            )
            #expect(stream.isTruncated)
        }
        #expect(stream.file.size == Int64(kept.count))
    }

    @Test("around a limit everything is kept, or head and tail", arguments: [1, 2, 3, 7, 10, 101])
    func smallLimits(limit: Int) throws {
        for count in [0, 1, limit - 1, limit, limit + 1, 2 * limit, 2 * limit + 1, 3 * limit, 3 * limit - 1]
        where count >= 0 {
            for chunk in [1, 2, 3, limit, limit + 1, 1000] { try check(count, limit: limit, chunk: chunk) }
        }
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("so it is past what stays in memory", arguments: [131_071, 131_072, 131_073, 200_001])
    func largeLimits(limit: Int) throws {
        for count in [131_072, 131_073, limit - 1, limit, limit + 1, 3 * limit, 3 * limit + 17] {
            for chunk in [4096, 65_537, 1 << 20] { try check(count, limit: limit, chunk: chunk) }
        }
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("a limit of nothing keeps nothing, and counts and hashes everything")
    func noLimit() async throws {
        // The launch as a process of its own: a trap there is not the end of these tests.
        let environment = Tool.environment(home: fixture.folder.path, store: fixture.folder("tool"))
        guard Requirements.has("bwrap") else { return }
        try fixture.folder.write("{\"command\": [\"echo\", \"x\"], \"capture\": {\"limit\": \"0\"}}", to: "zero.json")
        let run = try Tool.run(["exec", "zero.json"], in: fixture.folder.path, environment: environment)
        #expect([0, 125].contains(run.code), "\(run)")
        #expect(!run.errorText.contains("Fatal error"))
    }

    @Test("a capture that is dropped leaves no file")
    func dropped() throws {
        do {
            let capture = StreamCapture("stdout", limit: 1 << 20, store: fixture.store)
            bytes(200_000).withUnsafeBytes { capture.append($0) }
            #expect(try fixture.leftovers().count == 1)
        }
        #expect(try fixture.leftovers().isEmpty)
    }
}
