import HostFiles

/// What lies in a folder that somebody wants a spec for; nothing of it is run.
struct ProjectFiles {
    /// Absolute.
    let folder: String

    private static let depthLimit = 4
    private static let countLimit = 2000
    private static let sizeLimit = 1 << 20

    func has(_ path: String, _ kind: FileKind = .file) -> Bool {
        ((try? FileStatus.of(AbsolutePath.join(folder, path), following: true)) ?? nil)?.kind == kind
    }

    /// Those of some names that are files here.
    func present(_ names: [String]) -> [String] { names.filter { has($0) } }

    /// A file's text; empty when it can't be read or is large.
    func text(_ path: String) -> String {
        let bytes = try? FileContent.read(AbsolutePath.join(folder, path), limit: Self.sizeLimit)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// Names in a folder below, without hidden ones.
    func names(_ below: String = "") -> [String] {
        let names = (try? Folder.names(AbsolutePath.join(folder, below))) ?? []
        return names.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasPrefix(".") }
    }

    /// Paths of files whose name passes, a few folders deep; `skipping` names folders that are not looked into.
    func find(skipping: Set<String>, _ isWanted: (_ name: String) -> Bool) -> [String] {
        var found: [String] = []
        var waiting = [""]
        var seen = 0
        while let place = waiting.popLast() {
            for name in names(place) {
                seen += 1
                if seen > Self.countLimit { return found }
                let path = place.isEmpty ? name : "\(place)/\(name)"
                switch ((try? FileStatus.of(AbsolutePath.join(folder, path))) ?? nil)?.kind {
                case .file where isWanted(name): found.append(path)
                case .folder where !skipping.contains(name) && AbsolutePath.depth(path) < Self.depthLimit:
                    waiting.append(path)
                default: break
                }
            }
        }
        return found.sorted()
    }
}
