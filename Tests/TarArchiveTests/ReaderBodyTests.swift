import TarArchive
import Testing

@Suite("Reading bodies")
struct ReaderBodyTests {
    private let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private func sample() throws -> [UInt8] {
        try archive([
            (.file("a", size: 200_000, mode: 0o7755, modified: 1_700_000_000), body), (.directory("d"), []),
            (.symlink("d/l", to: "../a"), []), (.file("empty"), []), (.file("z", size: 1), [26]),
        ])
    }

    @Test("entries come back as they were written")
    func entries() throws {
        let found = try read(sample())
        #expect(
            found.map(\.0) == [
                .file("a", size: 200_000, mode: 0o7755, modified: 1_700_000_000), .directory("d"),
                .symlink("d/l", to: "../a"), .file("empty"), .file("z", size: 1),
            ]
        )
        #expect(found.map(\.1) == [body, [], [], [], [26]])
    }

    @Test("a body in pieces is the body")
    func pieces() throws {
        var reader = try TarReader(bytes: sample())
        _ = try reader.next()
        var gathered: [UInt8] = []
        try reader.readBody { piece in
            #expect(piece.count <= 65_536)
            gathered.append(contentsOf: piece)
        }
        #expect(gathered == body)
        #expect(try reader.next()?.path == bytes("d"))
    }

    @Test("bodies that nobody reads are passed over, and the end is told again")
    func skipping() throws {
        var reader = try TarReader(bytes: sample())
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 5)
        #expect(try reader.next() == nil)
    }

    @Test("a body is read once, and not before the first entry")
    func once() throws {
        var early = try TarReader(bytes: sample())
        #expect(throws: TarError.self) { _ = try early.readBody() }
        var reader = try TarReader(bytes: sample())
        _ = try reader.next()
        _ = try reader.readBody()
        do {
            _ = try reader.readBody()
            Issue.record("not refused")
        } catch {
            #expect(error.code == .noBody)
            #expect(error.path == "a")
        }
    }

    @Test("an error of the caller's closure is the cause, and the reader is of no use after it")
    func cause() throws {
        struct Full: Error {}
        var reader = try TarReader(bytes: sample())
        _ = try reader.next()
        do {
            try reader.readBody { _ in throw Full() }
            Issue.record("not refused")
        } catch {
            #expect(error.code == .sinkFailed)
            #expect(error.cause is Full)
        }
        do {
            _ = try reader.next()
            Issue.record("not refused")
        } catch {
            #expect(error.code == .sinkFailed)
        }
    }

    @Test("a message names the entry with every odd byte escaped")
    func message() {
        var tar = ForgedTar()
        tar.add(bytes("a\"\u{1B}[2J/../é"))
        do {
            _ = try read(tar.finished)
            Issue.record("not refused")
        } catch {
            let expected = "tar entry \"a\\x22\\x1b[2J/../\\xc3\\xa9\": the path has a component \"..\""
            #expect("\(error)" == expected)
        }
    }
}
