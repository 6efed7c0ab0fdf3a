import JSONText
import PipelineContracts
import SandboxSpec
import Testing

@Suite struct ShapeTests {
    @Test("what a type writes is of its shape, also after it went through text", arguments: Sample.all)
    func checked(_ sample: Sample) throws {
        let shape = try #require(sample.kind.shape)
        try shape.check(sample.json)
        try shape.check(try JSONParser.parse(sample.json.canonical()))
    }

    @Test("what a type writes it reads again", arguments: Sample.all.filter { $0.isReadBack != nil })
    func readBack(_ sample: Sample) throws {
        let isReadBack = try #require(sample.isReadBack)
        #expect(try isReadBack(sample.json))
        #expect(try isReadBack(try JSONParser.parse(sample.json.canonical())))
    }

    @Test("type and shape have the same keys, at every depth", arguments: ArtefactKind.all.filter { $0.shape != nil })
    func sameKeys(_ kind: ArtefactKind) throws {
        let shape = try #require(kind.shape)
        let used = Sample.all.filter { $0.kind == kind }
            .reduce(into: Set<String>()) { $0.formUnion(shape.usedKeys($1.json)) }
        #expect(shape.knownKeys().subtracting(used).sorted() == [], "known to the shape, written by no sample")
        #expect(used.subtracting(shape.knownKeys()).sorted() == [], "written, unknown to the shape")
    }

    @Test("a member is optional exactly where a type leaves it out", arguments: ArtefactKind.all)
    func optionalMembers(_ kind: ArtefactKind) {
        let samples = Sample.all.filter { $0.kind == kind }
        guard case .object(let shape)? = kind.shape else { return }
        for field in shape.fields {
            let isAlwaysThere = samples.allSatisfy { $0.json[field.name] != nil }
            #expect(field.required == isAlwaysThere, "\(field.name)")
        }
    }

    @Test("a missing key, an unknown key and another schema are refused", arguments: Sample.all)
    func refused(_ sample: Sample) throws {
        let shape = try #require(sample.kind.shape)
        guard case .object(let object) = shape, case .object(let members) = sample.json else { return }
        for field in object.fields where field.required {
            var less = members
            less[field.name] = nil
            #expect(throws: JSONShapeError(path: "", message: "missing key \"\(field.name)\"")) {
                try shape.check(.object(less))
            }
        }
        var more = members
        more["zzzzzzzz"] = 1
        #expect(throws: JSONShapeError(path: "zzzzzzzz", message: "unknown key \"zzzzzzzz\"")) {
            try shape.check(.object(more))
        }
        guard members["schema"] != nil else { return }
        var other = members
        other["schema"] = "sbxpipe.other/v1"
        #expect(throws: JSONShapeError.self) { try shape.check(.object(other)) }
    }

    @Test("every field has a summary of one sentence", arguments: ArtefactKind.all)
    func summaries(_ kind: ArtefactKind) {
        for (path, field) in kind.shape?.fields() ?? [] {
            #expect(field.summary.hasSuffix("."), "\(path)")
            #expect(!field.summary.contains(". "), "\(path)")
        }
    }

    @Test("a document of JSON has a shape, but for the spec, which has its own; raw bytes have none")
    func shapes() {
        for kind in ArtefactKind.all where kind != .specification && kind != .frames {
            #expect((kind.shape != nil) == (kind.schema != nil), "\(kind.file)")
        }
        #expect(ArtefactKind.specification.shape == nil)
        #expect(ArtefactKind.specification.schema == Spec.schema)
        #expect(ArtefactKind.frames.shape != nil)
    }
}
