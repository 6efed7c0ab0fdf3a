import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import SandboxSpec
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

    /// `key` stands for a machine's.
    init(key: UInt8 = 7) throws {
        folder = try TemporaryFolder("stage")
        let location = try StoreLocation.find(
            named: folder("s"),
            environment: [:],
            identity: HostIdentity.current()
        )
        store = try Store(
            at: location,
            key: KeyedDigest(key: Array(repeating: key, count: 32)),
            user: HostIdentity.current().user
        )
    }

    /// Names in `cache/tmp`.
    func leftovers() throws -> [String] {
        try Folder.names(store.path("tmp")).map { String(decoding: $0, as: UTF8.self) }
    }

    @discardableResult
    func shell(_ line: String) throws -> String {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let run = try Program.run(["/bin/sh", "-c", line], in: folder.path, environment: environment)
        try #require(run.code == 0, "\(run)")
        return run.text
    }
}

/// A spec from its members, with a command unless they name one.
func spec(_ members: String) throws -> Spec {
    let command = members.contains("\"command\"") ? "" : "\"command\": [\"true\"]\(members.isEmpty ? "" : ",")"
    return try SpecText.load(Array("{\(command)\(members)}".utf8), file: "dir/sandbox.json")
}
