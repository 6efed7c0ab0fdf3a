import JSONText
import Testing

@Suite("JSONParser takes strict JSON")
struct JSONParserTests {
    @Test("a document of every kind becomes its value")
    func kinds() throws {
        let value = try parsed(#" {"a": [1, -2.5, "x", true, false, null], "b": {}, "c": []} "#)
        #expect(value == ["a": [1, -2.5, "x", true, false, .null], "b": [:], "c": []])
    }

    @Test(
        "a scalar alone is a document",
        arguments: [
            ("7", .integer(7)), ("-0", .integer(0)), ("0", .integer(0)), ("null", .null), ("true", .bool(true)),
            ("\"\"", .string("")), ("1.5", .number(1.5)), (" 12\n", .integer(12)), ("[]", .array([])),
        ] as [(String, JSONValue)]
    )
    func scalars(text: String, value: JSONValue) throws {
        #expect(try parsed(text) == value)
    }

    @Test("the ends of Int64 are taken exactly")
    func integerEnds() throws {
        #expect(try parsed("9223372036854775807") == .integer(.max))
        #expect(try parsed("-9223372036854775808") == .integer(.min))
    }

    @Test("a fraction or an exponent makes a number, not an integer")
    func numbers() throws {
        #expect(try parsed("1.0") == .number(1))
        #expect(try parsed("1e2") == .number(100))
        #expect(try parsed("1E+2") == .number(100))
        #expect(try parsed("-25e-1") == .number(-2.5))
        #expect(try parsed("0.1") == .number(0.1))
        #expect(try parsed("1.7976931348623157e308") == .number(.greatestFiniteMagnitude))
        #expect(try parsed("5e-324") == .number(.leastNonzeroMagnitude))
    }

    @Test("escapes become their characters, and surrogate pairs one")
    func escapes() throws {
        let value = try parsed(#""\"\\\/\b\f\n\r\t\u0041\u00e9\uD83D\ude00\u0000.""#)
        #expect(value.stringValue == "\"\\/\u{8}\u{C}\n\r\tAé😀\0.")
    }

    @Test("a NUL in a string keeps what follows it")
    func nulInString() throws {
        #expect(try parsed(#"["a\u0000b"]"#) == ["a\0b"])
    }

    @Test("text beyond ASCII is kept byte by byte, whatever its normal form")
    func unicode() throws {
        let composed = try parsed("\"\u{E9}\"")
        let decomposed = try parsed("\"e\u{301}\"")
        #expect(composed.stringValue?.utf8.count == 2)
        #expect(decomposed.stringValue?.utf8.count == 3)
        #expect(try parsed("[\"日本\u{7F}\u{10FFFF}\u{FFFF}\u{FEFF}\"]") == ["日本\u{7F}\u{10FFFF}\u{FFFF}\u{FEFF}"])
    }

    @Test("64 levels are taken, 65 are refused where the 65th begins")
    func depth() throws {
        let taken = String(repeating: "[", count: 64) + "1" + String(repeating: "]", count: 64)
        var value = try parsed(taken)
        for _ in 0..<64 {
            value = try #require(value.arrayValue?.first)
        }
        #expect(value == 1)
        let refused = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(refusal(refused) == "line 1, column 65: nested deeper than 64 levels")
    }

    @Test("objects and arrays count alike, and the depth may be given")
    func depthGiven() {
        #expect(refusal(#"{"a": [{"b": 1}]}"#, maximumDepth: 3) == nil)
        #expect(refusal(#"{"a": [{"b": 1}]}"#, maximumDepth: 2) == "line 1, column 8: nested deeper than 2 levels")
        #expect(refusal("7", maximumDepth: 0) == nil)
        #expect(refusal("[]", maximumDepth: 0) == "line 1, column 1: nested deeper than 0 levels")
    }

    @Test("a hundred thousand brackets are refused, not followed, whatever depth is asked for")
    func bomb() {
        let text = String(repeating: "[", count: 100_000)
        #expect(refusal(text, maximumDepth: .max) == "line 1, column 513: nested deeper than 512 levels")
        let deepest = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(refusal(deepest, maximumDepth: .max) == nil)
    }

    @Test("a string of 1 MiB survives whole")
    func longString() throws {
        let text = String(repeating: "0123456789abcdef", count: 65_536)
        let value = try parsed("{\"text\": \"\(text)\"}")
        #expect(value["text"]?.stringValue?.utf8.count == 1 << 20)
        #expect(value == ["text": .string(text)])
    }

    @Test("siblings with the same keys are no duplicates")
    func siblings() throws {
        #expect(try parsed(#"[{"a": 1}, {"a": {"a": 2}}]"#) == [["a": 1], ["a": ["a": 2]]])
    }

    @Test("a thousand keys arrive")
    func manyKeys() throws {
        let text = "{" + (0..<1_000).map { "\"k\($0)\": \($0)" }.joined(separator: ",") + "}"
        let members = try #require(try parsed(text).objectValue)
        #expect(members.count == 1_000)
        #expect(members["k999"] == 999)
    }
}
