import JSONText
import Testing

@Suite("JSONValue")
struct JSONValueTests {
    @Test("an accessor answers for its own kind alone")
    func accessors() {
        #expect(JSONValue.string("a").stringValue == "a")
        #expect(JSONValue.integer(1).stringValue == nil)
        #expect(JSONValue.integer(1).integerValue == 1)
        #expect(JSONValue.number(1).integerValue == nil)
        #expect(JSONValue.integer(1).numberValue == 1)
        #expect(JSONValue.number(1.5).numberValue == 1.5)
        #expect(JSONValue.string("1").numberValue == nil)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.integer(1).boolValue == nil)
        #expect(JSONValue.array([1]).arrayValue == [1])
        #expect(JSONValue.object([:]).arrayValue == nil)
        #expect(JSONValue.object(["a": 1]).objectValue == ["a": 1])
        #expect(JSONValue.array([]).objectValue == nil)
        #expect(JSONValue.null.isNull)
        #expect(!JSONValue.bool(false).isNull)
    }

    @Test("a subscript finds a member, and nothing in what is no object")
    func subscripts() {
        let value: JSONValue = ["a": ["b": 2]]
        #expect(value["a"]?["b"] == 2)
        #expect(value["c"] == nil)
        #expect(JSONValue.string("a")["a"] == nil)
    }

    @Test("literals make the kinds they look like")
    func literals() {
        let value: JSONValue = ["s": "t\(1)", "i": 1, "n": 1.0, "b": true, "a": [1, "x"], "e": [:]]
        let members: [String: JSONValue] = [
            "s": .string("t1"), "i": .integer(1), "n": .number(1), "b": .bool(true),
            "a": .array([.integer(1), .string("x")]), "e": .object([:]),
        ]
        #expect(value == .object(members))
    }

    @Test("equality is that of bytes: kinds and normal forms differ")
    func equality() {
        #expect(JSONValue.integer(1) != .number(1))
        #expect(JSONValue.null != .bool(false))
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(JSONValue.object(["\u{E9}": 1]) != .object(["e\u{301}": 1]))
        #expect(JSONValue.object(["a": 1]) != .object(["a": 1, "b": 1]))
        #expect(Set<JSONValue>(["\u{E9}", "e\u{301}", "\u{E9}"]).count == 2)
    }
}
