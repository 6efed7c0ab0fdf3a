import HostFiles
import JSONText
import PipelineContracts
import SandboxSpec
import Testing

/// The files of stages/: with SBXPIPE_RECORD=1 the tests write what they would compare with.
@Suite struct ContractFilesTests {
    @Test("schema.json is what the code gives", arguments: StageName.allCases)
    func schema(_ stage: StageName) throws {
        try Self.compare(
            "stages/contracts/\(stage.folder)/schema.json",
            with: ArtefactShapes.document(for: stage).pretty()
        )
    }

    @Test("example.json has a document of each kind, as the types write it", arguments: StageName.allCases)
    func example(_ stage: StageName) throws {
        let path = "stages/contracts/\(stage.folder)/example.json"
        let documents = WorkedExample.documents.filter { $0.kind.stage == stage }
        let example = JSONValue.object(Dictionary(uniqueKeysWithValues: documents.map { ($0.kind.file, $0.json) }))
        try Self.compare(path, with: example.pretty())
        let kinds = ArtefactKind.all.filter { $0.stage == stage && ($0.shape != nil || $0 == .specification) }
        let members = try #require(try JSONParser.parse(Self.read(path)).objectValue)
        #expect(members.keys.sorted() == kinds.map(\.file).sorted())
        for kind in kinds where kind != .specification { try kind.shape?.check(try #require(members[kind.file])) }
    }

    @Test("the example's spec is what is kept of its text")
    func specification() throws {
        let spec = try SpecText.load(Array(WorkedExample.specText.utf8), file: "sandbox.json")
        var kept = spec.json.objectValue ?? [:]
        kept["name"] = nil
        kept["annotations"] = nil
        #expect(WorkedExample.specification == .object(kept))
        #expect(WorkedExample.run.name == spec.name)
    }

    @Test("each stage's README names all that the stage writes", arguments: StageName.allCases)
    func readme(_ stage: StageName) throws {
        let text = String(decoding: try Self.read("stages/contracts/\(stage.folder)/README.md"), as: UTF8.self)
        #expect(text.hasPrefix("# \(stage.number) \(stage.rawValue)\n"))
        for kind in ArtefactKind.all where kind.stage == stage {
            #expect(text.contains("`\(kind.file)`"), "\(kind.file)")
        }
    }

    @Test("the table of stages/README.md is the one in the code")
    func table() throws {
        let text = String(decoding: try Self.read("stages/README.md"), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") && $0.contains("application/") }
        let wanted = ArtefactKind.all.map(Self.row)
        let isSame = rows.map(String.init) == wanted
        #expect(isSame, "wanted:\n\(wanted.joined(separator: "\n"))")
    }

    private static func row(_ kind: ArtefactKind) -> String {
        func code(_ text: String?) -> String { text.map { "`\($0)`" } ?? "" }
        let stage = kind.stage.map { "\($0.number) \($0.rawValue)" } ?? ""
        let cells = [
            stage, code(kind.file), code(kind.schema), code(kind.mediaType), code(kind.schemaWord), kind.summary,
        ]
        return "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
    }

    /// The folder with Package.swift: three up from this file.
    private static let root = AbsolutePath.parent(AbsolutePath.parent(AbsolutePath.parent(sourceFile)))
    private static let sourceFile: String = {
        let path = "\(#filePath)"
        return ((try? AbsolutePath.real(path)) ?? nil) ?? path
    }()

    private static func read(_ path: String) throws -> [UInt8] {
        try FileContent.read(AbsolutePath.join(root, path), limit: 1 << 20)
    }

    private static func compare(_ path: String, with text: String) throws {
        if HostSystem.environment()["SBXPIPE_RECORD"] == "1" {
            let full = AbsolutePath.join(root, path)
            let file = try OwnedDescriptor.open(full, [.write, .create, .truncate], mode: 0o644)
            try FileContent.write(Array(text.utf8), to: file.number, path: full)
        }
        let isSame = try read(path) == Array(text.utf8)
        #expect(isSame, "\(path) is not what the code gives; SBXPIPE_RECORD=1 swift test writes it anew")
    }
}
