package import ContentAddressing
package import HostFiles

extension Store {
    /// Stores bytes and says what names them; storing the same bytes again is free of effect.
    package func put(_ bytes: [UInt8], mediaType: String) throws(StoreError) -> Descriptor {
        let digest = Digest.of(bytes)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
        if try isStored(descriptor) { return descriptor }
        var writer = try BlobWriter(in: self)
        try writer.write(bytes)
        return try writer.finish(mediaType: mediaType)
    }

    /// Reads a blob and checks its size and digest.
    ///
    /// - Throws: ``StoreError`` `missing` when it is not there, `corrupt` when it is something else than its name says.
    package func read(_ digest: Digest, limit: Int = 64 << 20) throws(StoreError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try FileContent.read(path(of: digest), limit: limit, noFollow: true)
        } catch {
            switch error.code {
            case .notFound: throw StoreError(.missing, "store: no object \(digest)")
            case .isAFolder, .notRegular, .tooManySymlinks:
                throw StoreError(.corrupt, "store: object \(digest) is not a file")
            default: throw StoreError("read object \(digest)", error)
            }
        }
        guard Digest.of(bytes) == digest else {
            throw StoreError(
                .corrupt,
                "store: object \(digest) has other content than its name says",
                hint: "remove \(path(of: digest)); what can be made again is made again by the next plan"
            )
        }
        return bytes
    }

    /// Opens a blob for reading in pieces, after checking all of it.
    package func open(_ digest: Digest) throws(StoreError) -> OwnedDescriptor {
        do throws(FileError) {
            let file = try OwnedDescriptor.open(path(of: digest), [.read, .noFollow, .nonBlocking])
            let status = try FileStatus.of(descriptor: file.number)
            guard status.kind == .file, try digestOf(file.number, size: status.size) == digest else {
                throw FileError(code: .notRegular, operation: "read", path: path(of: digest), reason: "is damaged")
            }
            return file
        } catch {
            if error.code == .notFound { throw StoreError(.missing, "store: no object \(digest)") }
            throw StoreError(.corrupt, "store: object \(digest): \(error.reason)", cause: error)
        }
    }

    /// Whether the object is there, whole; a damaged one is moved aside into `tmp`, so that it can be made again.
    package func isStored(_ descriptor: Descriptor) throws(StoreError) -> Bool {
        let path = path(of: descriptor.digest)
        do throws(FileError) {
            guard let status = try FileStatus.of(path) else { return false }
            if status.kind == .file, status.size == descriptor.size {
                let file = try OwnedDescriptor.open(path, [.read, .noFollow, .nonBlocking])
                if try digestOf(file.number, size: status.size) == descriptor.digest { return true }
            }
            // Kept for who wants to look at it; gc removes it in time.
            let aside = "damaged-\(descriptor.digest.short)-" + Digest.hexText(HostSystem.randomBytes(4))
            try Folder.rename(path, to: self.path("tmp/") + aside)
            return false
        } catch {
            throw StoreError("check object \(descriptor.digest)", error)
        }
    }

    /// Of as many bytes as the file had when it was looked at.
    func digestOf(_ file: Int32, size: Int64) throws(FileError) -> Digest {
        var digest = StreamingDigest()
        while digest.count < size {
            let piece = try FileContent.read(
                descriptor: file,
                at: digest.count,
                count: Int(min(1 << 17, size - digest.count))
            )
            if piece.isEmpty { break }
            digest.update(piece)
        }
        return digest.digest()
    }
}
