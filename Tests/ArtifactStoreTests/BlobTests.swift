import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@Suite("Blobs", .tags(.medium))
struct BlobTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws { fixture = try StoreFixture() }

    @Test("what was put is read back, is read-only, and putting it again changes nothing")
    func putAndRead() throws {
        let first = try fixture.put("hello")
        #expect(first == Descriptor(mediaType: "text/plain", digest: Digest.of(Array("hello".utf8)), size: 5))
        #expect(try store.read(first.digest) == Array("hello".utf8))
        let status = try #require(try FileStatus.of(store.path(of: first.digest)))
        #expect(status.permissions == 0o444)
        #expect(try fixture.put("hello") == first)
        #expect(try FileStatus.of(store.path(of: first.digest)) == status)
        #expect(try fixture.leftovers().isEmpty)
        #expect(try store.isStored(first))
    }

    @Test("what is not there is missing; what is too large is not read")
    func missingAndLarge() throws {
        #expect(fixture.code(of: Digest.of([1])) == .missing)
        let blob = try fixture.put("0123456789")
        #expect(throws: StoreError.self) { try store.read(blob.digest, limit: 9) }
        #expect(try store.read(blob.digest, limit: 10).count == 10)
        let error = #expect(throws: StoreError.self) { _ = try store.open(Digest.of([1])) }
        #expect(error?.code == .missing)
    }

    @Test(
        "a damaged blob is never served, and is made again by the next put",
        arguments: [
            "printf jello > $B", "printf hell > $B", "printf hellooo > $B", ": > $B", "mkdir $B", "mkfifo $B",
            "ln -s /etc/passwd $B", "printf hello > ../hello; ln -s ../hello $B", "ln -s none $B",
            "mkdir -p $B/deep/er",
        ]
    )
    func damaged(_ damage: String) throws {
        let blob = try fixture.put("hello")
        let path = store.path(of: blob.digest)
        try fixture.shell("B=\(path); rm $B; cd \(fixture.folder.path)/s; \(damage)")
        #expect(fixture.code(of: blob.digest) == .corrupt)
        let error = #expect(throws: StoreError.self) { _ = try store.open(blob.digest) }
        #expect(error?.code == .corrupt)
        #expect(try fixture.put("hello") == blob)
        #expect(try store.read(blob.digest) == Array("hello".utf8))
        #expect(try FileStatus.of(path)?.kind == .file)
        #expect(try fixture.leftovers().count { $0.hasPrefix("damaged-") } == 1)
    }

    @Test("each byte of a blob that is flipped is found")
    func flippedBytes() throws {
        let text = Array("some content, of no great length".utf8)
        let blob = try store.put(text, mediaType: "text/plain")
        for index in text.indices {
            var bytes = text
            bytes[index] ^= 0x10
            try fixture.overwrite(store.path(of: blob.digest), bytes)
            #expect(fixture.code(of: blob.digest) == .corrupt, "byte \(index)")
        }
    }

    @Test("an open blob has been checked, and reads from its start")
    func openChecked() throws {
        let blob = try fixture.put(String(repeating: "x", count: 300_000))
        let file = try store.open(blob.digest)
        #expect(try FileContent.read(descriptor: file.number, limit: 1 << 20).count == 300_000)
    }

    @Test("many writers of the same blobs at once leave each blob once, and nothing else")
    func manyWriters() async throws {
        let store = store
        let texts = (0..<8).map { String(repeating: "blob \($0) ", count: 5000) }
        try await withThrowingTaskGroup(of: [Descriptor].self) { group in
            for _ in 0..<16 {
                group.addTask { try texts.map { try store.put(Array($0.utf8), mediaType: "text/plain") } }
            }
            var answers: Set<[Descriptor]> = []
            for try await answer in group { answers.insert(answer) }
            #expect(answers.count == 1)
        }
        for text in texts { #expect(try store.read(Digest.of(Array(text.utf8))) == Array(text.utf8)) }
        #expect(try fixture.leftovers().isEmpty)
        #expect(try Folder.names(store.path("blobs/sha256")).count == 8)
    }

    @Test("a second store at the same place is the same store")
    func reopen() throws {
        let blob = try fixture.put("kept")
        let again = try StoreFixture.open(fixture.folder("s"), key: [1])
        #expect(try again.read(blob.digest) == Array("kept".utf8))
        #expect(
            try fixture.folder.read("s/cache/CACHEDIR.TAG").hasPrefix("Signature: 8a477f597d28d172789f06886806bc55")
        )
    }

    @Test("a store's folders are the caller's alone, whatever the umask")
    func modes() throws {
        for folder in [
            "", "/cache", "/cache/blobs/sha256", "/cache/actions", "/cache/refs/runs", "/cache/tmp", "/stages",
        ] {
            #expect(try FileStatus.of(fixture.folder("s" + folder))?.permissions == 0o700, "\(folder)")
        }
    }
}

extension StoreFixture {
    /// Puts bytes in place of a blob's, as a disk or a vandal would.
    func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        try Folder.removeFile(path)
        let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive], mode: 0o644)
        try FileContent.write(bytes, to: file.number, path: path)
    }
}
