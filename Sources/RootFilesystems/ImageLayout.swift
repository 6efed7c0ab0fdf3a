import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import TarArchive

/// An image layout (OCI image specification, image-layout.md), as a folder or as one tar.
struct ImageLayout {
    /// Where its files lie.
    private enum Place {
        case folder(String)
        /// The tar's path, and where in it the bodies of its files begin and how long they are.
        case archive(String, members: [String: (offset: Int64, size: Int64)])
    }

    private let place: Place

    /// Manifests and configs are a few KiB.
    private static let documentLimit: Int64 = 16 << 20

    /// - Throws: ``RootFilesystemError`` for what is neither; ``FileError``.
    static func open(_ path: String, _ store: Store) throws -> ImageLayout {
        guard let status = try FileStatus.of(path, following: true) else {
            throw RootFilesystemError("\(Printable.escaped(path)): no such file or folder")
        }
        let layout = ImageLayout(place: status.kind == .folder ? .folder(path) : try archive(path, store))
        guard let marker = try layout.document("oci-layout") else {
            throw RootFilesystemError(
                "\(Printable.escaped(path)): is no image layout, as it has no oci-layout",
                hint: "skopeo copy docker-archive:FILE oci:FOLDER:TAG makes one of a docker archive"
            )
        }
        guard marker["imageLayoutVersion"]?.stringValue?.hasPrefix("1.") == true else {
            throw RootFilesystemError("\(Printable.escaped(path)): oci-layout is of another version than 1")
        }
        return layout
    }

    private static func archive(_ path: String, _ store: Store) throws -> Place {
        let found = try FileIndex(path: path, question: "members", store: store).answer { file in
            let head = try FileContent.read(descriptor: file, at: 0, count: 4)
            guard LayerStream.compression(of: head) == .none else {
                throw RootFilesystemError("\(Printable.escaped(path)): is compressed", hint: "decompress it first")
            }
            var tar = try LayerReader(try LayerStream(descriptor: file, .none))
            var members: [String: JSONValue] = [:]
            while let entry = try tar.next() {
                guard entry.kind == .file else { continue }
                members[String(decoding: entry.path, as: UTF8.self)] = [
                    .integer(tar.bodyOffset), .integer(entry.size),
                ]
            }
            return .object(members)
        }
        var members: [String: (offset: Int64, size: Int64)] = [:]
        for (name, pair) in found.objectValue ?? [:] {
            guard let pair = pair.arrayValue, pair.count == 2, let offset = pair[0].integerValue,
                let size = pair[1].integerValue
            else { continue }
            members[name] = (offset, size)
        }
        return .archive(path, members: members)
    }

    /// A file of the layout that is JSON; nil where it is not there.
    private func document(_ name: String) throws -> JSONValue? {
        guard let bytes = try bytes(name, limit: Self.documentLimit) else { return nil }
        do throws(JSONSyntaxError) { return try JSONParser.parse(bytes) } catch {
            throw RootFilesystemError("\(name): is no JSON: \(error)")
        }
    }

    private func bytes(_ name: String, limit: Int64) throws -> [UInt8]? {
        switch place {
        case .folder(let path):
            do throws(FileError) { return try FileContent.read("\(path)/\(name)", limit: Int(limit)) } catch {
                if error.code == .notFound { return nil }
                throw error
            }
        case .archive(let path, let members):
            guard let member = members[name] else { return nil }
            guard member.size <= limit else { throw RootFilesystemError("\(name): has more than \(limit) bytes") }
            let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
            return try FileContent.read(descriptor: file.number, at: member.offset, count: Int(member.size))
        }
    }

    /// A JSON document among the blobs, checked against its descriptor.
    func document(_ blob: Descriptor) throws -> JSONValue {
        let name = "blobs/sha256/" + blob.digest.hex
        guard blob.size <= Self.documentLimit else {
            throw RootFilesystemError("\(name): has \(blob.size) bytes, at most \(Self.documentLimit) are read")
        }
        guard let bytes = try bytes(name, limit: Self.documentLimit) else {
            throw RootFilesystemError("\(name): is missing in the image")
        }
        guard Int64(bytes.count) == blob.size, Digest.of(bytes) == blob.digest else {
            throw RootFilesystemError("\(name): has other bytes than its digest and size say")
        }
        do throws(JSONSyntaxError) { return try JSONParser.parse(bytes) } catch {
            throw RootFilesystemError("\(name): is no JSON: \(error)")
        }
    }

    /// What `index.json` holds.
    func index() throws -> JSONValue {
        guard let index = try document("index.json") else { throw RootFilesystemError("index.json: is missing") }
        return index
    }

    /// Refuses a layer that is not there, or of another size; its digest is checked when it is copied.
    func check(_ blob: Descriptor) throws {
        let name = "blobs/sha256/" + blob.digest.hex
        let size: Int64?
        switch place {
        case .folder(let path): size = try FileStatus.of("\(path)/\(name)", following: true)?.size
        case .archive(_, let members): size = members[name]?.size
        }
        guard let size else { throw RootFilesystemError("layer \(blob.digest): is missing in the image") }
        guard size == blob.size else {
            throw RootFilesystemError("layer \(blob.digest): has \(size) bytes, its manifest says \(blob.size)")
        }
    }

    /// Copies a blob into the store, which keeps it only if it is what its descriptor says.
    func copy(_ blob: Descriptor, into store: Store) throws {
        try check(blob)
        let name = "blobs/sha256/" + blob.digest.hex
        switch place {
        case .folder(let path):
            let file = try OwnedDescriptor.open("\(path)/\(name)", [.read, .nonBlocking])
            try store.copy(blob, from: file.number, at: 0)
        case .archive(let path, let members):
            let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
            try store.copy(blob, from: file.number, at: members[name]?.offset ?? 0)
        }
    }
}
