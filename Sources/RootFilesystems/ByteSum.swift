import ContentAddressing

/// A digest that a closure can feed.
final class ByteSum {
    private var sum = StreamingDigest()

    var digest: Digest { sum.digest() }
    var count: Int64 { sum.count }

    func update(_ bytes: UnsafeRawBufferPointer) { sum.update(bytes) }
}
