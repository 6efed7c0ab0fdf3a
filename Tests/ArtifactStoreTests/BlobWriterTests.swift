import ArtifactStore
import ContentAddressing
import HostFiles
import Testing

@Suite("A blob in the making", .tags(.medium))
struct BlobWriterTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test("pieces are hashed while they are written, and finish gives the name")
    func pieces() throws {
        var writer = try BlobWriter(in: fixture.store)
        #expect(writer.currentDigest() == Digest.of([]))
        try writer.write(Array("one ".utf8))
        try Array("two".utf8).withUnsafeBytes { try writer.write($0) }
        #expect(writer.count == 7)
        #expect(try fixture.leftovers().count == 1)
        let blob = try writer.finish(mediaType: "text/plain")
        #expect(blob.digest == Digest.of(Array("one two".utf8)))
        #expect(try fixture.store.read(blob.digest) == Array("one two".utf8))
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("one that is dropped leaves nothing")
    func dropped() throws {
        do {
            var writer = try BlobWriter(in: fixture.store)
            try writer.write([1, 2, 3])
            #expect(try fixture.leftovers().count == 1)
        }
        #expect(try fixture.leftovers().isEmpty)
        #expect(fixture.code(of: Digest.of([1, 2, 3])) == .missing)
    }

    @Test("one whose blob is there already keeps that one; a damaged one it replaces")
    func present() throws {
        let blob = try fixture.put("same")
        let before = try FileStatus.of(fixture.store.path(of: blob.digest))
        var writer = try BlobWriter(in: fixture.store)
        try writer.write(Array("same".utf8))
        #expect(try writer.finish(mediaType: "text/plain") == blob)
        #expect(try FileStatus.of(fixture.store.path(of: blob.digest)) == before)
        #expect(try fixture.leftovers().isEmpty)

        try fixture.overwrite(fixture.store.path(of: blob.digest), Array("lame".utf8))
        var second = try BlobWriter(in: fixture.store)
        try second.write(Array("same".utf8))
        _ = try second.finish(mediaType: "text/plain")
        #expect(try fixture.store.read(blob.digest) == Array("same".utf8))
    }

    @Test("a finished file of tmp is adopted once, and removed when its blob is there")
    func adopt() throws {
        for _ in 0..<2 {
            let temporary = fixture.store.temporaryPath("mine")
            try fixture.overwrite(temporary, Array("body".utf8))
            let digest = Digest.of(Array("body".utf8))
            let blob = try fixture.store.adopt(temporary, digest: digest, size: 4, mediaType: "text/plain")
            #expect(try fixture.store.read(blob.digest) == Array("body".utf8))
            #expect(try fixture.leftovers().isEmpty)
        }
    }

    @Test("a temporary file is the caller's alone and locked while it is written")
    func locked() throws {
        var writer = try BlobWriter(in: fixture.store)
        try writer.write([1])
        let name = try #require(try fixture.leftovers().first)
        let path = fixture.store.path("tmp/" + name)
        #expect(try FileStatus.of(path)?.permissions == 0o600)
        let other = try OwnedDescriptor.open(path, [.read])
        #expect(throws: FileError.self) { try FileLock.exclusive(other.number, path: path) }
        _ = try writer.finish(mediaType: "text/plain")
    }
}
