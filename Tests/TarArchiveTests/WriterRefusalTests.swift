import TarArchive
import Testing

@Suite("What the writer refuses")
struct WriterRefusalTests {
    private func code(_ entries: [(TarEntry, [UInt8])]) -> TarError.Code? {
        do {
            _ = try archive(entries)
            return nil
        } catch {
            return (error as? TarError)?.code
        }
    }

    @Test(
        "a path that could leave the folder",
        arguments: ["", "/a", "..", "a/../b", "a/..", ".", "./a", "a/.", "a//b", "a/", "/"]
    )
    func unsafePaths(path: String) {
        #expect(code([(.file(path), [])]) == .unsafePath)
        #expect(code([(.directory(path), [])]) == .unsafePath)
    }

    @Test("a NUL in a path or target, an empty target")
    func nul() {
        #expect(code([(.file("a\0b"), [])]) == .unsafePath)
        #expect(code([(.symlink("l", to: "a\0b"), [])]) == .invalidEntry)
        #expect(code([(.symlink("l", to: ""), [])]) == .invalidEntry)
    }

    @Test("two entries of one path, and an entry below a file or symlink")
    func duplicates() {
        #expect(code([(.file("a"), []), (.file("a"), [])]) == .duplicate)
        #expect(code([(.directory("a"), []), (.file("a"), [])]) == .duplicate)
        #expect(code([(.symlink("a", to: "/etc"), []), (.file("a/b"), [])]) == .duplicate)
        #expect(code([(.file("a/b"), []), (.symlink("a", to: "/etc"), [])]) == .duplicate)
        #expect(code([(.file("a/b/c"), []), (.directory("a/b"), []), (.file("ab"), []), (.file("a/bc"), [])]) == nil)
    }

    @Test("a body of another length, a mode with a type, a directory with a body")
    func mismatches() {
        #expect(code([(.file("a", size: 2), [1])]) == .invalidEntry)
        #expect(code([(.file("a", size: 0), [1])]) == .invalidEntry)
        #expect(code([(.file("a", size: -1), [])]) == .invalidEntry)
        #expect(code([(.file("a", mode: 0o10644), [])]) == .invalidEntry)
        let folder = TarEntry(path: bytes("d"), kind: .directory, mode: 0o755, size: 1, modified: 0)
        #expect(code([(folder, [1])]) == .invalidEntry)
    }

    @Test("after an error each call throws it again, and nothing more reaches the sink")
    func poisoned() throws {
        var count = 0
        var writer = try TarWriter { count += $0.count }
        #expect(throws: TarError.self) { try writer.append(.file("../a")) }
        do {
            try writer.append(.file("fine"))
            Issue.record("not refused")
        } catch {
            #expect(error.path == "../a")
        }
        do {
            try writer.finish()
            Issue.record("not refused")
        } catch {
            #expect(error.path == "../a")
        }
        #expect(count == 0)
    }

    @Test("an archive that is not finished has no end")
    func unfinished() throws {
        var output: [UInt8] = []
        var writer = try TarWriter { output.append(contentsOf: $0) }
        try writer.append(.file("a", size: 100_000), bytes: [UInt8](repeating: 1, count: 100_000))

        #expect(output.count <= 512 + 100_352)
    }

    @Test("the sink's error is the cause, and the sink is not called again")
    func sink() throws {
        struct Full: Error {}
        var calls = 0
        var writer = try TarWriter { _ in
            calls += 1
            throw Full()
        }
        let body = [UInt8](repeating: 1, count: 100_000)
        do {
            try writer.append(.file("a", size: 100_000), bytes: body)
            Issue.record("not refused")
        } catch {
            #expect(error.code == .sinkFailed)
            #expect(error.cause is Full)
            #expect(error.path == "a")
        }
        #expect(throws: TarError.self) { try writer.append(.file("b")) }
        #expect(calls == 1)
    }

    @Test("a sink that fails only at the end fails finish")
    func lateSink() throws {
        struct Full: Error {}
        var writer = try TarWriter { _ in throw Full() }
        try writer.append(.file("a"))
        do {
            try writer.finish()
            Issue.record("not refused")
        } catch {
            #expect(error.code == .sinkFailed)
        }
    }
}
