import ContentAddressing
import JSONText
import TestSupport
import Testing

@Suite("Digests", .tags(.small))
struct DigestTests {
    private static let ofABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("SHA-256 of the standard's own examples")
    func vectors() {
        #expect(Digest.of(Array("abc".utf8)).description == "sha256:" + Self.ofABC)
        #expect(Digest.of([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("the one textual form is read back; everything else is none")
    func parsing() {
        let text = "sha256:" + Self.ofABC
        #expect(Digest(text)?.description == text)
        #expect(Digest(text)?.short == "ba7816bf")
        let wrong = [
            "", Self.ofABC, "sha256:", "SHA256:" + Self.ofABC, "sha256:" + Self.ofABC.uppercased(), text + "0",
            String(text.dropLast()), "sha512:" + Self.ofABC, " " + text, text + "\n",
            "sha256:" + String(repeating: "g", count: 64),
            "sha256:" + String(repeating: "é", count: 32), "sha256-" + Self.ofABC,
        ]
        for text in wrong { #expect(Digest(text) == nil, "\(text)") }
        #expect(Digest(hex: Self.ofABC.dropLast()) == nil)
    }

    @Test("a digest fed in pieces is that of the whole, and may be asked on the way")
    func streaming() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for piece in [1, 7, 63, 64, 65, 4096, 99_999, 100_000] {
            var digest = StreamingDigest()
            var start = 0
            while start < bytes.count {
                let end = min(start + piece, bytes.count)
                digest.update(Array(bytes[start..<end]))
                start = end
                if start == piece { #expect(digest.digest() == Digest.of(Array(bytes[..<piece]))) }
            }
            #expect(digest.count == 100_000)
            #expect(digest.digest() == Digest.of(bytes))
        }
        var buffered = StreamingDigest()
        bytes.withUnsafeBytes { buffered.update($0) }
        #expect(buffered.digest() == Digest.of(bytes))
    }

    @Test("sha256sum says the same", .tags(.medium))
    func coreutils() throws {
        let folder = try TemporaryFolder("digest")
        let text = String(repeating: "line of text\n", count: 9999)
        try folder.write(text, to: "file")
        let environment = ["PATH": "/usr/bin:/bin"]
        let run = try Program.run(["/usr/bin/sha256sum", "file"], in: folder.path, environment: environment)
        var digest = StreamingDigest()
        digest.update(Array(text.utf8))
        #expect(run.text.hasPrefix(digest.digest().hex + " "))
    }

    @Test("a descriptor's JSON is read back, and must be whole")
    func descriptor() throws {
        let descriptor = Descriptor(mediaType: "text/plain", digest: Digest.of([1]), size: 1)
        #expect(try Descriptor(descriptor.json) == descriptor)
        #expect(throws: JSONShapeError.self) { try Descriptor(["mediaType": "a", "digest": "sha256:0", "size": 1]) }
        #expect(throws: JSONShapeError.self) { try Descriptor(["mediaType": "a", "size": 1]) }
    }
}

@Suite("Keyed digests", .tags(.small))
struct KeyedDigestTests {
    private struct Vector {
        let key: [UInt8]
        let message: [UInt8]
        let code: String
    }

    /// RFC 4231, 4.2 to 4.4, 4.7 and 4.8.
    private static let vectors = [
        Vector(
            key: Array(repeating: 0x0B, count: 20),
            message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Vector(
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Vector(
            key: Array(repeating: 0xAA, count: 20),
            message: Array(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Vector(
            key: Array(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ]

    @Test("HMAC-SHA-256 of RFC 4231's vectors")
    func vectors() {
        for vector in Self.vectors {
            let digest = KeyedDigest(key: vector.key)
            #expect(digest.code(for: vector.message) == vector.code)
            #expect(digest.isValid(vector.code, for: vector.message))
        }
    }

    @Test("a code is good for its key, its message and its 64 digits alone")
    func validity() {
        let digest = KeyedDigest(key: [1, 2, 3])
        let code = digest.code(for: [9])
        #expect(!digest.isValid(code, for: [8]))
        #expect(!KeyedDigest(key: [1, 2, 4]).isValid(code, for: [9]))
        #expect(!digest.isValid(String(code.dropLast()), for: [9]))
        #expect(!digest.isValid(code + "0", for: [9]))
        #expect(!digest.isValid(code.uppercased(), for: [9]))
        #expect(!digest.isValid("", for: [9]))
    }
}
