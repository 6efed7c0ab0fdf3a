import HostFiles
import Testing

extension Tag {
    @Tag static var medium: Self
}

/// The files of this checkout, found from where this file was compiled.
enum Repository {
    /// The folder of Package.swift.
    static let root: String = {
        let file = #filePath
        return AbsolutePath.parent(AbsolutePath.parent(AbsolutePath.parent(file)))
    }()

    /// A file with its path below the root.
    struct File: Sendable, CustomTestStringConvertible {
        let path: String
        let text: String

        var testDescription: String { path }
        var name: String { AbsolutePath.lastComponent("/" + path) }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        /// As wc(1) counts: the line ends.
        var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }
        /// The module that a file of Sources belongs to, by the folders of Package.swift.
        var module: String {
            let parts = path.split(separator: "/").map(String.init)
            guard parts.count > 2, parts[0] == "Sources" else { return "" }
            guard parts[1] == "Stages" else { return parts[1] }
            return String(parts[2].drop { $0 != "-" }.dropFirst()) + "Stage"
        }

        /// Modules named by import lines, without their access level, attributes and kinds.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index + 1 < words.count, !line.hasPrefix("//"),
                    words[..<index].allSatisfy({ Self.accessWords.contains(String($0)) })
                else { return nil }
                let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
                let isKind = kinds.contains(words[index + 1]) && index + 2 < words.count
                let name = isKind ? words[index + 2] : words[index + 1]
                return String(name.prefix { $0 != "." })
            }
        }

        private static let accessWords: Set<String> = [
            "public", "package", "internal", "private", "fileprivate", "@testable", "@_exported", "@preconcurrency",
        ]
    }

    /// Files below a folder, sorted; `ending` picks by name.
    static func files(below folder: String, ending: [String] = [".swift"]) throws -> [File] {
        var found: [File] = []
        try collect(folder, ending, &found)
        return found
    }

    private static func collect(_ folder: String, _ ending: [String], _ found: inout [File]) throws {
        for bytes in try Folder.names(AbsolutePath.join(root, folder)) {
            let path = AbsolutePath.join(folder, String(decoding: bytes, as: UTF8.self))
            switch try FileStatus.of(AbsolutePath.join(root, path))?.kind {
            case .folder: try collect(path, ending, &found)
            case .file where ending.isEmpty || ending.contains(where: path.hasSuffix):
                found.append(File(path: path, text: try text(path)))
            default: continue
            }
        }
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try FileContent.read(AbsolutePath.join(root, path), limit: 8 << 20), as: UTF8.self)
    }
}
