import JSONText
import SandboxSpec
import Testing

@Suite struct SpecFieldTests {
    @Test("a field takes its good values and refuses its bad ones with path and reason", arguments: FieldCase.all)
    func fieldCase(_ fieldCase: FieldCase) {
        for good in fieldCase.good { #expect(problem(good) == nil, "\(good)") }
        for (bad, message) in fieldCase.bad { #expect(problem(bad) == message, "\(bad)") }
    }

    @Test("what a field takes is read and written without loss", arguments: FieldCase.all)
    func roundTrip(_ fieldCase: FieldCase) throws {
        for good in fieldCase.good {
            let first = try spec(good)
            try SpecShape.check(first.json)
            let second = SandboxSpec.Spec(validated: first.json, name: first.name)
            #expect(second == first, "\(good)")
            #expect(second.json == first.json, "\(good)")
            for key in first.json.objectValue?.keys.sorted() ?? [] where key != "command" && key != "schema" {
                #expect(key == fieldCase.field, "\(good) also says \(key)")
            }
        }
    }

    @Test("every field of the shape has its row in the table of cases")
    func tableIsWhole() {
        guard case .object(let shape) = SpecShape.spec else {
            Issue.record("no object")
            return
        }
        #expect(shape.fields.map(\.name).sorted() == FieldCase.all.map(\.field).sorted())
    }

    @Test("every default that the schema tells fits the field that it is told of")
    func defaultsFit() throws {
        try check(SpecShape.spec)
    }

    private func check(_ shape: JSONShape) throws {
        switch shape {
        case .object(let object):
            for field in object.fields {
                if let value = field.defaultValue { try field.shape.check(value, at: field.name) }
                #expect(!field.summary.isEmpty, "\(field.name)")
                try check(field.shape)
            }
        case .choice(let shapes): for shape in shapes { try check(shape) }
        case .map(_, let value): try check(value)
        case .array(let item, _): try check(item)
        default: break
        }
    }

    @Test("the schema names every field and refuses others")
    func schema() {
        let schema = SpecShape.schema()
        #expect(schema["additionalProperties"] == false)
        #expect(schema["$id"]?.stringValue?.contains("sbxpipe.spec/v1") == true)
        #expect(schema["properties"]?.objectValue?.count == FieldCase.all.count)
        #expect(schema["properties"]?["stdin"]?["default"] == "null")
    }

    @Test("a spec without a command is refused unless its root may name one")
    func missingCommand() throws {
        #expect(throws: SpecError(source: "a.json", field: "command", message: "missing", hint: Self.commandHint)) {
            try SpecText.load(Array("{}".utf8), file: "a.json")
        }
        _ = try SpecText.load(Array(#"{"root": {"oci": "x"}}"#.utf8), file: "a.json")
        _ = try SpecText.load(Array(#"{"root": {"image": "x"}}"#.utf8), file: "a.json")
    }

    private static let commandHint = "only a root of kind \"oci\" or \"image\" can name the command"

    @Test("an error is one line of file, field and reason")
    func line() {
        func line(_ text: String) -> String? {
            do throws(SpecError) {
                _ = try SpecText.load(Array(text.utf8), file: "sandbox.json")
                return nil
            } catch {
                return error.description
            }
        }
        #expect(line("{\"mount\": []}") == #"sandbox.json: mount: unknown key "mount"; did you mean "mounts"?"#)
        #expect(line("{\n  \"a\": 1, \"a\": 2}")?.hasPrefix("sandbox.json: line 2, column ") == true)
        #expect(line("")?.hasPrefix("sandbox.json: line 1, column 1: ") == true)
        #expect(line("[]") == "sandbox.json: expected an object, found an array")
    }

    @Test("comments are allowed, and the name comes from the file unless it is said")
    func comments() throws {
        let text = "{ // why\n \"command\": [\"a\"] /* all */ }"
        let spec = try SpecText.load(Array(text.utf8), file: "x/my job.json")
        #expect(spec.name == "my_job")
        #expect(!spec.saysName)
        #expect(spec.json["name"] == nil)
    }
}
