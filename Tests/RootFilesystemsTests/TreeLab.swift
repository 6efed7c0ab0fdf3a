import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@testable import RootFilesystems

/// A store, folders beside it, and a shell in them.
struct TreeLab {
    let folder: TemporaryFolder
    /// With a lease, as who has none remembers nothing.
    let store: Store

    init() throws {
        folder = try TemporaryFolder("tree")
        let identity = HostIdentity.current()
        let location = try StoreLocation.find(named: folder("s"), environment: [:], identity: identity)
        let key = KeyedDigest(key: Array(repeating: 7, count: 32))
        store = try Store(at: location, key: key, user: identity.user).leased { _ in }.store
    }

    func shell(_ line: String) throws {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let run = try Program.run(["/bin/bash", "-c", line], in: folder.path, environment: environment)
        try #require(run.code == 0, "\(run)")
    }

    func source(_ name: String, covering: [String] = []) -> SnapshotSource {
        SnapshotSource(folder(name), covering: covering.map { folder($0) })
    }

    func tree(_ name: String, covering: [String] = []) throws -> Digest {
        try SnapshotDigest(source(name, covering: covering), store).find()
    }

    func layer(_ name: String, at place: String = "/src", time: Int64 = 0) throws -> (SnapshotLayer, Descriptor) {
        let layer = SnapshotLayer(tree: try tree(name), place: place, time: time)
        return (layer, try layer.make(from: source(name), in: store))
    }

    func unpacked(_ layer: SnapshotLayer, _ descriptor: Descriptor) throws -> String {
        let trees = TreeStore(store, user: HostIdentity.current().user)
        return try trees.unpacked(descriptor, tree: layer.tree, at: layer.place)
    }

    /// What can be told of everything in a folder, but for times and owners.
    func list(_ path: String) throws -> String {
        let script =
            "cd \(path) && find . -printf '%P %y %m %s %l\\n' | sort; find . -type f | sort | xargs -d '\\n' sha256sum"
        let run = try Program.run(
            ["/bin/bash", "-c", script],
            in: "/",
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        )
        return String(decoding: run.output, as: UTF8.self).replacing("\u{FFFD}", with: "?")
    }
}
