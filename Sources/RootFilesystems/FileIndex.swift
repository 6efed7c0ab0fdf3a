import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText

/// What the store remembers of one file on the host, as long as its stats say that it is still that file.
struct FileIndex {
    /// Absolute.
    let path: String
    /// What was asked of it, so that two questions don't share an answer.
    let question: String
    let store: Store

    private static let doubt: Int64 = 2_000_000_000

    private var place: String { "actions/snapshot/" + Digest.of(Array("file\0\(path)\0\(question)".utf8)).hex }

    /// Gives what is remembered, or what `find` finds out; who has no lease, and so only reads, remembers nothing.
    ///
    /// - Throws: ``RootFilesystemError`` for what is no file or changes meanwhile, and what `find` throws.
    func answer(_ find: (Int32) throws -> JSONValue) throws -> JSONValue {
        let time = HostSystem.realTime()
        let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
        let status = try FileStatus.of(descriptor: file.number, path: path)
        guard status.kind == .file else {
            throw RootFilesystemError("\(Printable.escaped(path)): is a \(status.kind.rawValue), not a file")
        }
        var key: [UInt8] = []
        FileKey(status).append(to: &key)
        let isSteady = TreeScan.isSteady(path)
        if isSteady, let bytes = (try? store.signedBytes(at: place)) ?? nil, bytes.starts(with: key),
            let answer = try? JSONParser.parse(Array(bytes.dropFirst(key.count)))
        {
            return answer
        }
        let answer = try find(file.number)
        guard FileKey(try FileStatus.of(descriptor: file.number, path: path)) == FileKey(status) else {
            throw RootFilesystemError.changed(Array(path.utf8))
        }
        if isSteady, store.lease != nil, status.changed < time - Self.doubt {
            try? store.putSignedBytes(key + answer.canonical(), at: place)
        }
        return answer
    }
}
