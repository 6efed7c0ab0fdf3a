import ArtifactStore
import Bundles
import ContentAddressing
import HostFiles
import TestSupport
import Testing

extension Tag {
    /// Files and processes.
    @Tag static var medium: Self
}

/// A store of its own into which bundles are read.
struct BundleLab {
    let folder: TemporaryFolder
    let store: Store

    init() throws {
        folder = try TemporaryFolder("bundle")
        let identity = HostIdentity.current()
        let location = try StoreLocation.find(named: folder("s"), environment: [:], identity: identity)
        let key = KeyedDigest(key: Array(repeating: 7, count: 32))
        store = try Store(at: location, key: key, user: identity.user).leased { _ in }.store
    }

    /// Bundles that the tool wrote, of a run and its plan with one snapshot.
    static func corpus(_ name: String) throws -> [UInt8] {
        try FileContent.read(AbsolutePath.join(AbsolutePath.parent(#filePath), "Corpus/\(name).sbx"), limit: 1 << 20)
    }

    static let names = ["plan", "run-none", "run-gzip", "run-zstd"]

    /// Reads a bundle; nil when it is taken, else the one line that says why not.
    func problem(_ bytes: [UInt8]) throws -> String? {
        let file = try written(bytes)
        do {
            _ = try BundleReader(store).read(file.number)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The same of its head alone.
    func headProblem(_ bytes: [UInt8]) throws -> String? {
        let file = try written(bytes)
        do {
            _ = try BundleHead(file.number)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func written(_ bytes: [UInt8]) throws -> OwnedDescriptor {
        let path = folder("x.sbx")
        let file = try OwnedDescriptor.open(path, [.write, .create, .truncate])
        try FileContent.write(bytes, to: file.number)
        return try OwnedDescriptor.open(path, [.read])
    }

    /// Objects and temporary files of the store: a refused bundle leaves none.
    func leftovers() throws -> [String] {
        try ["blobs/sha256", "tmp", "refs/plans", "refs/runs"].flatMap { folder in
            try Folder.names(store.path(folder)).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
