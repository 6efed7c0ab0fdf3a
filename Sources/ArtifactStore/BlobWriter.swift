package import ContentAddressing
import HostFiles

/// A blob in the making: a locked temporary file in the store, hashed while it is written.
///
/// `finish` gives it its name; one that goes away unfinished leaves nothing.
package struct BlobWriter: ~Copyable {
    private let store: Store
    private let temporary: String
    private let file: OwnedDescriptor
    private var digest = StreamingDigest()
    private var isFinished = false

    package init(in store: Store) throws(StoreError) {
        self.store = store
        temporary = store.temporaryPath("blob")
        file = try Self.open(temporary)
    }

    private static func open(_ temporary: String) throws(StoreError) -> OwnedDescriptor {
        do throws(FileError) {
            let file = try OwnedDescriptor.open(temporary, [.readWrite, .create, .exclusive, .noFollow], mode: 0o600)
            do throws(FileError) { try FileLock.exclusive(file.number, path: temporary) } catch {
                try? Folder.removeFile(temporary)
                throw error
            }
            return file
        } catch {
            throw StoreError("write", error)
        }
    }

    /// Where it is while it is written.
    package var path: String { temporary }

    /// Bytes so far.
    package var count: Int64 { digest.count }

    /// The digest of what was written so far.
    package func currentDigest() -> Digest { digest.digest() }

    package mutating func write(_ bytes: [UInt8]) throws(StoreError) {
        digest.update(bytes)
        do { try FileContent.write(bytes, to: file.number, path: temporary) } catch { throw StoreError("write", error) }
    }

    package mutating func write(_ buffer: UnsafeRawBufferPointer) throws(StoreError) {
        digest.update(buffer)
        do { try FileContent.write(buffer, to: file.number, path: temporary) } catch {
            throw StoreError("write", error)
        }
    }

    /// Publishes the blob; when the same is there already, that one stays.
    package consuming func finish(mediaType: String) throws(StoreError) -> Descriptor {
        let descriptor = Descriptor(mediaType: mediaType, digest: digest.digest(), size: digest.count)
        do throws(FileError) {
            try FileMode.set(0o444, of: file.number, path: temporary)
            if store.isDurable { try FileSync.file(file.number, path: temporary) }
            if try Folder.renameWithoutReplacing(temporary, to: store.path(of: descriptor.digest)) {
                isFinished = true
                return descriptor
            }
        } catch {
            throw StoreError("publish object \(descriptor.digest)", error)
        }
        if try !store.isStored(descriptor) {
            do throws(FileError) {
                isFinished = try Folder.renameWithoutReplacing(temporary, to: store.path(of: descriptor.digest))
            } catch {
                throw StoreError("publish object \(descriptor.digest)", error)
            }
        }
        return descriptor
    }

    deinit {
        if !isFinished { try? Folder.removeFile(temporary) }
    }
}

extension Store {
    /// Takes over a finished file of the store's `tmp`, whose digest and size the caller worked out while writing it.
    package func adopt(
        _ temporary: String,
        digest: Digest,
        size: Int64,
        mediaType: String
    ) throws(StoreError) -> Descriptor {
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: size)
        do throws(FileError) {
            let file = try OwnedDescriptor.open(temporary, [.read, .noFollow])
            try FileMode.set(0o444, of: file.number, path: temporary)
            if isDurable { try FileSync.file(file.number, path: temporary) }
            if try Folder.renameWithoutReplacing(temporary, to: path(of: digest)) { return descriptor }
        } catch {
            throw StoreError("publish object \(digest)", error)
        }
        if try isStored(descriptor) {
            try? Folder.removeFile(temporary)
        } else {
            do { _ = try Folder.renameWithoutReplacing(temporary, to: path(of: digest)) } catch {
                throw StoreError("publish object \(digest)", error)
            }
        }
        return descriptor
    }
}
