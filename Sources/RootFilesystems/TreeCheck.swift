package import ArtifactStore
import ContentAddressing
import HostFiles

/// Reads unpacked trees again, to find what is not as it was unpacked (`cache verify`).
package struct TreeCheck {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// What is wrong with the trees of a layer: below `cache/`, and why.
    ///
    /// `layer` is the name in `trees`.
    package func problems(of layer: String) throws(StoreError) -> [(path: String, reason: String)] {
        var problems: [(String, String)] = []
        let folder = "\(TreeStore.folder)/\(layer)"
        try store.visit(folder) { map, _ throws(StoreError) in problems += check("\(folder)/\(map)") }
        return problems
    }

    private func check(_ place: String) -> [(String, String)] {
        do {
            let names = try Folder.names(store.path(place)).map { String(decoding: $0, as: UTF8.self) }
            guard let list = names.compactMap({ Digest(hex: $0) }).first else {
                return [(place, "has no manifest of its tree")]
            }
            let bytes = try FileContent.read(store.path("\(place)/\(list.hex)"), limit: 1 << 30, noFollow: true)
            let manifest = TreeManifest(bytes: bytes)
            guard manifest.digest == list else {
                return [("\(place)/\(list.hex)", "is not the manifest it is called by")]
            }
            let found = try TreeManifest(of: store.path("\(place)/root"))
            guard found.digest != list else { return [] }
            return manifest.differences(from: found, limit: 20).map { path in
                let below = path.isEmpty ? "" : "/" + RawName(path).text
                return ("\(place)/root\(below)", "is not what was unpacked")
            }
        } catch {
            return [(place, "can't be read: \(error)")]
        }
    }
}
