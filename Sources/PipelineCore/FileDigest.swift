package import ContentAddressing
package import HostFiles

/// The digest of a file on the host, read in pieces.
package enum FileDigest {
    package static func of(_ path: String) throws(FileError) -> Digest {
        let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
        return try of(descriptor: file.number, path: path)
    }

    /// Reads by position: the descriptor's own offset stays where it is.
    package static func of(descriptor: Int32, path: String) throws(FileError) -> Digest {
        guard try FileStatus.of(descriptor: descriptor, path: path).kind == .file else {
            throw FileError(code: .notRegular, operation: "read", path: path, reason: "is not a file")
        }
        var digest = StreamingDigest()
        while true {
            let piece = try FileContent.read(descriptor: descriptor, at: digest.count, count: 1 << 18, path: path)
            if piece.isEmpty { return digest.digest() }
            digest.update(piece)
        }
    }
}
