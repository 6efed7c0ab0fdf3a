import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

extension Tag {
    /// Memory alone.
    @Tag static var small: Self
    /// Files and processes.
    @Tag static var medium: Self
}

/// A store in a folder of its own.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: Store

    init(key: [UInt8] = Array(repeating: 7, count: 32)) throws {
        folder = try TemporaryFolder("store")
        store = try Self.open(folder("s"), key: key)
    }

    static func open(_ path: String, key: [UInt8]) throws -> Store {
        let location = try StoreLocation.find(named: path, environment: [:], identity: HostIdentity.current())
        return try Store(at: location, key: KeyedDigest(key: key), user: HostIdentity.current().user)
    }

    /// Names in `cache/tmp`.
    func leftovers() throws -> [String] {
        try Folder.names(store.path("tmp")).map { String(decoding: $0, as: UTF8.self) }
    }

    func put(_ text: String) throws -> Descriptor { try store.put(Array(text.utf8), mediaType: "text/plain") }

    func code(of digest: Digest) -> StoreError.Code? {
        do throws(StoreError) {
            _ = try store.read(digest)
            return nil
        } catch {
            return error.code
        }
    }

    @discardableResult
    func shell(_ line: String) throws -> String {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let run = try Program.run(["/bin/sh", "-c", line], in: folder.path, environment: environment)
        try #require(run.code == 0, "\(run)")
        return run.text
    }
}
