import ArtifactStore
import ContentAddressing
import HostFiles

/// Bytes on their way into the store or a bundle: a temporary file, hashed while it is written, gone unless published.
final class Spool {
    private var writer: BlobWriter?
    let path: String

    init(in store: Store) throws {
        let writer = try BlobWriter(in: store)
        path = writer.path
        self.writer = consume writer
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try writer?.write(bytes) }

    var count: Int64 { writer?.count ?? 0 }

    /// Of what was written so far.
    var digest: Digest { writer?.currentDigest() ?? Digest.of([]) }

    func descriptor(_ mediaType: String) -> Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: count) }

    /// The same bytes for reading, from their start.
    func open() throws(FileError) -> OwnedDescriptor { try OwnedDescriptor.open(path, [.read, .noFollow]) }

    /// All of them in memory.
    func bytes(limit: Int) throws(FileError) -> [UInt8] { try FileContent.read(path, limit: limit, noFollow: true) }

    /// Makes it an object of the store.
    func publish(_ mediaType: String) throws -> Descriptor {
        guard let writer = writer.take() else { throw BundleError("an object is stored already") }
        return try writer.finish(mediaType: mediaType)
    }
}
