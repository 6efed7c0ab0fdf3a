import JSONText
import Testing

@Suite("JSONShape.schema")
struct JSONSchemaTests {
    @Test(
        "each shape has its fragment",
        arguments: [
            (.any, "{}"),
            (.bool, #"{"type":"boolean"}"#),
            (.null, #"{"type":"null"}"#),
            (.constant("v1"), #"{"const":"v1"}"#),
            (.string(.any), #"{"type":"string"}"#),
            (.string(.nonEmpty.limited(to: 255)), #"{"maxLength":255,"minLength":1,"type":"string"}"#),
            (.string(.oneOf(["ro", "rw"])), #"{"enum":["ro","rw"],"type":"string"}"#),
            (
                .string(.pattern("^/", description: "an absolute path") { _ in true }),
                #"{"description":"an absolute path","pattern":"^/","type":"string"}"#
            ),
            (.integer(0...9), #"{"maximum":9,"minimum":0,"type":"integer"}"#),
            (.integer(0...Int64.max), #"{"minimum":0,"type":"integer"}"#),
            (.integer(Int64.min...Int64.max), #"{"type":"integer"}"#),
            (.number(0.5...Double.infinity), #"{"minimum":0.5,"type":"number"}"#),
            (.array(of: .bool, minimum: 0), #"{"items":{"type":"boolean"},"type":"array"}"#),
            (.array(of: .any, minimum: 2), #"{"items":{},"minItems":2,"type":"array"}"#),
            (
                .sequence(first: .bool, rest: .any),
                #"{"items":{},"minItems":1,"prefixItems":[{"type":"boolean"}],"type":"array"}"#
            ),
            (.map(keys: .any, of: .bool), #"{"additionalProperties":{"type":"boolean"},"type":"object"}"#),
            (
                .map(keys: .nonEmpty, of: .any),
                #"{"additionalProperties":{},"propertyNames":{"minLength":1},"type":"object"}"#
            ),
            (.choice([.bool, .null]), #"{"anyOf":[{"type":"boolean"},{"type":"null"}]}"#),
            (.choice([.constant("a"), .constant(true)]), #"{"enum":["a",true]}"#),
        ] as [(JSONShape, String)]
    )
    func fragments(shape: JSONShape, text: String) {
        #expect(shape.schema().canonicalText == text)
    }

    @Test("an object closes its keys and names what is required, with summary and default of each field")
    func objects() throws {
        let path = JSONStringRule.pattern("^/", description: "an absolute path") { _ in true }
        let shape = JSONShape.object(
            JSONObjectShape(fields: [
                JSONField(name: "b", shape: .bool, summary: "Whether.", defaultValue: false),
                JSONField(name: "a", shape: .string(path), required: true, summary: "Where it lies"),
                JSONField(name: "c", shape: .any),
            ])
        )
        let expected = try parsed(
            """
            {"type": "object", "additionalProperties": false, "required": ["a"], "properties": {
              "a": {"type": "string", "pattern": "^/", "description": "Where it lies (an absolute path)"},
              "b": {"type": "boolean", "description": "Whether.", "default": false},
              "c": {}}}
            """
        )
        #expect(shape.schema() == expected)
    }

    @Test("no required field, no list of them")
    func nothingRequired() {
        #expect(JSONShape.object(JSONObjectShape(fields: [])).schema()["required"] == nil)
    }

    @Test("a document says its draft, its id and what it is")
    func document() throws {
        let document = JSONShape.bool.document(id: "https://example.org/s", title: "T", description: "D.")
        let expected = try parsed(
            """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/s",
             "title": "T", "description": "D.", "type": "boolean"}
            """
        )
        #expect(document == expected)
    }
}
