import JSONText
import PipelineContracts
import SandboxSpec
import Testing

@Suite struct SchemaTests {
    @Test("a document's schema has its id, its file as title, and what is required", arguments: ArtefactKind.all)
    func documents(_ kind: ArtefactKind) throws {
        guard let document = ArtefactShapes.document(for: kind) else {
            #expect(kind.shape == nil)
            return
        }
        #expect(document["$id"]?.stringValue == kind.schema ?? "sbxpipe.frames/v1")
        #expect(document["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(document["title"]?.stringValue == kind.file)
        #expect(document["additionalProperties"] == false)
        let schema = kind.schema.map(JSONValue.string)
        #expect(document["properties"]?["schema"]?["const"] == schema)
        #expect((document["required"]?.arrayValue ?? []).contains("schema") == (schema != nil))
    }

    @Test("a stage's schema is any of those of its documents, by title", arguments: StageName.allCases)
    func stages(_ stage: StageName) {
        let document = ArtefactShapes.document(for: stage)
        let titles = document["anyOf"]?.arrayValue?.compactMap { $0["title"]?.stringValue }
        let kinds = ArtefactKind.all.filter { $0.stage == stage && ($0.shape != nil || $0 == .specification) }
        #expect(titles == kinds.map(\.file))
        #expect(document["$id"] == nil)
    }

    @Test("the schema of the archive tells of the spec only its version")
    func specification() {
        let parts = ArtefactShapes.document(for: StageName.archive)["anyOf"]?.arrayValue
        let spec = parts?.first { $0["title"] == "spec.json" }
        #expect(spec?["properties"]?["schema"]?["const"] == .string(Spec.schema))
        #expect(spec?["additionalProperties"] == nil)
    }

    @Test("every word names a schema, no other word does")
    func words() {
        let words = ArtefactShapes.words
        #expect(Set(words).count == words.count)
        for word in words { #expect(ArtefactShapes.document(named: word) != nil, "\(word)") }
        #expect(ArtefactShapes.document(named: "launch") == ArtefactShapes.document(for: StageName.launch))
        #expect(ArtefactShapes.document(named: "5-launch") == ArtefactShapes.document(for: StageName.launch))
        for word in ["launch/result.json", "5-launch/result.json"] {
            #expect(ArtefactShapes.document(named: word) == ArtefactShapes.document(for: ArtefactKind.launch))
        }
        #expect(ArtefactShapes.document(named: "stage") == ArtefactShapes.document(for: .receipt))
        #expect(ArtefactShapes.document(named: "plan-report") == ArtefactShapes.document(for: .planReport))
        for word in ["", "spec", "launch/", "result.json", "collect/stdout", "4-launch", "archive/spec.json"] {
            #expect(ArtefactShapes.document(named: word) == nil, "\(word)")
        }
    }
}
