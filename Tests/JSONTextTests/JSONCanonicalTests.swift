import JSONText
import Testing

@Suite("Canonical and pretty text")
struct JSONCanonicalTests {
    @Test("keys are sorted by bytes, and there is no white space")
    func sorted() throws {
        let value = try parsed(#"{ "b": [1, {}], "a": {"z": null, "Z": true}, "é": 2, "~": 3, "aa": [], "": 0 }"#)
        #expect(value.canonicalText == #"{"":0,"a":{"Z":true,"z":null},"aa":[],"b":[1,{}],"~":3,"é":2}"#)
    }

    @Test("sorting is by UTF-8 bytes, not by UTF-16 units or Unicode order")
    func byteOrder() {
        // U+FF5E is EF BD 9E, U+1F600 is F0 9F 98 80 (a surrogate pair D83D DE00 in UTF-16); e + U+0301 is 65 CC 81.
        let value: JSONValue = ["\u{1F600}": 1, "\u{FF5E}": 2, "\u{E9}": 3, "e\u{301}x": 4, "f": 5]
        #expect(value.canonicalText == "{\"e\u{301}x\":4,\"f\":5,\"\u{E9}\":3,\"\u{FF5E}\":2,\"\u{1F600}\":1}")
    }

    @Test("only the quote, the backslash and what is below U+0020 are escaped")
    func escapes() {
        let text = JSONValue.string("\"\\/\u{8}\t\n\u{C}\r\0\u{1F}\u{7F}é\u{2028}😀")
        #expect(text.canonicalText == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7F}é\u{2028}😀\"")
        #expect(JSONValue.object(["a\"\n": 1]).canonicalText == #"{"a\"\n":1}"#)
    }

    @Test("numbers have their shortest form, and what is not finite is null")
    func numbers() {
        let numbers: JSONValue = [1, -7, 0, .integer(.min), 1.0, 0.1, 1e100, 2.5e-7, -0.0]
        #expect(numbers.canonicalText == "[1,-7,0,-9223372036854775808,1.0,0.1,1e+100,2.5e-07,-0.0]")
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).canonicalText == "[null,null]")
    }

    @Test(
        "canonical text reads back as the same value and the same text",
        arguments: [
            #"{"a":[1,2.5,"\u0000\n\"é",{"b":null}],"c":-1e-300}"#, "[0.1,1e21,123456789012345680.0,5e-324]", "\"\"",
            "[[],{},[[]]]",
        ]
    )
    func roundTrip(text: String) throws {
        let value = try parsed(text)
        let again = try JSONParser.parse(value.canonical())
        #expect(again == value)
        #expect(again.canonical() == value.canonical())
        #expect(try parsed(value.pretty()) == value)
    }

    @Test("a string that is not stored as plain UTF-8 runs is written the same")
    func substrings() {
        let long = String(repeating: "abc\n", count: 50)
        let expected = "\"" + String(repeating: "abc\\n", count: 50) + "\""
        #expect(JSONValue.string(String(long.dropFirst(0))).canonicalText == expected)
        #expect(JSONValue.string(long.lowercased()).canonicalText == expected)
    }

    @Test("pretty text has two spaces, sorted keys, empty containers on one line and a line feed at the end")
    func pretty() {
        let value: JSONValue = ["b": [1, ["c": "x"]], "a": [:], "d": []]
        let expected = """
            {
              "a": {},
              "b": [
                1,
                {
                  "c": "x"
                }
              ],
              "d": []
            }

            """
        #expect(value.pretty() == expected)
        #expect(JSONValue.null.pretty() == "null\n")
        #expect(JSONValue.array([]).pretty() == "[]\n")
    }

    @Test("members come sorted to others too")
    func sortedMembers() {
        let members: [String: JSONValue] = ["b": 1, "a": 2, "B": 3, "a-": 4]
        #expect(members.sortedByKey().map(\.key) == ["B", "a", "a-", "b"])
    }
}
