internal import Crypto

/// A SHA-256 that is fed piece by piece and counts what it was fed.
package struct StreamingDigest {
    private var hash = SHA256()
    /// Bytes so far.
    package private(set) var count: Int64 = 0

    package init() {}

    package mutating func update(_ buffer: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: buffer)
        count += Int64(buffer.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        hash.update(data: bytes)
        count += Int64(bytes.count)
    }

    /// The digest of what was fed so far; more may follow.
    package func digest() -> Digest { Digest(finished: hash.finalize()) }
}
