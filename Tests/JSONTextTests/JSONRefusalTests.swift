import JSONText
import Testing

@Suite("JSONParser refuses what is doubtful")
struct JSONRefusalTests {
    @Test("a repeated key is refused with line and column")
    func duplicateKey() {
        let text = "{\n  \"a\": 1,\n  \"x\": {}, \"x\": 2\n}"
        #expect(refusal(text) == "line 3, column 12: duplicate key \"x\"")
    }

    @Test("a key repeated through an escape is the same key")
    func escapedDuplicate() {
        #expect(refusal(#"{"a": 1, "\u0061": 2}"#) == "line 1, column 10: duplicate key \"a\"")
    }

    @Test("keys that differ only in normal form are refused, as a dictionary can't hold both")
    func canonicallyEquivalentKeys() {
        #expect(refusal("{\"\u{E9}\": 1, \"e\u{301}\": 2}") == "line 1, column 10: duplicate key \"e\u{301}\"")
    }

    @Test("a repeated key deep inside, or over a value with members, is found")
    func nestedDuplicate() {
        #expect(refusal(#"[{"o": {"p": 1, "q": {"r": 1, "r": 2}}}]"#) == "line 1, column 31: duplicate key \"r\"")
        #expect(refusal(#"{"o": {"p": 1}, "o": {"p": 1}}"#) == "line 1, column 17: duplicate key \"o\"")
        #expect(refusal(#"{"": 1, "": 1}"#) == "line 1, column 9: duplicate key \"\"")
    }

    @Test("a duplicate's place is that of the text with its comments")
    func duplicateAfterComment() {
        let text = "{ // one: \"b\"\n \"a\": 1, /* a\n */ \"a\": 2}"
        #expect(refusal(text, comments: true) == "line 3, column 5: duplicate key \"a\"")
    }

    @Test("a duplicate key's control characters are escaped, and a long one is cut")
    func hostileDuplicate() {
        let key = #"\u001b[31m"# + String(repeating: "k", count: 100)
        let shown = #"\u001b[31m"# + String(repeating: "k", count: 55) + "…"
        #expect(refusal("{\"\(key)\":1,\"\(key)\":2}") == "line 1, column 117: duplicate key \"\(shown)\"")
    }

    @Test("a NUL in a key is refused, where json-c would cut the key")
    func nulInKey() {
        #expect(refusal(#"{"a\u0000b": 1}"#) == "line 1, column 4: a NUL in a key")
    }

    @Test(
        "an integer beyond 64 bits is refused, where json-c would saturate",
        arguments: ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "[100000000000000000000]"]
    )
    func bigInteger(text: String) throws {
        #expect(try #require(refusal(text)).contains("an integer beyond 64 bits: "))
    }

    @Test("a number beyond Double is refused, where strtod would say infinity")
    func bigNumber() {
        #expect(refusal("[1e400]") == "line 1, column 2: a number too large: 1e400")
    }

    @Test(
        "a lone surrogate is refused, where json-c would put U+FFFD",
        arguments: [
            #"["\ud800"]"#, #"["\udc00"]"#, #"["\ud800x"]"#, #"["\ud800\u0041"]"#, #"["\ud800\ud800"]"#,
            #"["\uDE00\uD83D"]"#, #"["\ud800\n"]"#,
        ]
    )
    func loneSurrogate(text: String) {
        #expect(refusal(text) == "line 1, column 3: a lone surrogate")
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xC3, 0x28],
            [0xF0, 0x9F, 0x98],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(refusal([quote] + bytes + [quote]) == "line 1, column 2: invalid UTF-8")
        #expect(refusal([quote] + bytes) == "line 1, column 2: invalid UTF-8")
        let comment = Array("/*".utf8) + bytes + Array("*/ 1".utf8)
        #expect(refusal(comment, comments: true) == "line 1, column 3: invalid UTF-8 in a comment")
    }

    @Test("a byte order mark is refused")
    func byteOrderMark() {
        let message = "line 1, column 1: a byte order mark; the document must begin without one"
        #expect(refusal([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == message)
    }

    @Test("control characters in strings are refused, with how to write them")
    func controlCharacters() {
        #expect(refusal("\"a\nb\"") == #"line 1, column 3: a control character in a string; write \n"#)
        #expect(refusal("\"\u{0}\"") == #"line 1, column 2: a control character in a string; write \u0000"#)
        #expect(refusal("\"\u{1F}\"") == #"line 1, column 2: a control character in a string; write \u001f"#)
    }

    @Test("a column counts characters, not bytes")
    func columns() {
        #expect(refusal("{\"é日😀\": x}") == "line 1, column 9: expected a value, found \"x\"")
        #expect(refusal("[1,\r\n é]") == "line 2, column 2: expected a value, found \"é\"")
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            ("", "line 1, column 1: unexpected end of the document"),
            (" \n", "line 2, column 1: unexpected end of the document"),
            ("[1,]", "line 1, column 4: trailing comma"),
            (#"{"a": 1,}"#, "line 1, column 9: trailing comma"),
            ("[,1]", #"line 1, column 2: expected a value, found ",""#),
            ("[1 2]", #"line 1, column 4: expected "," or "]", found "2""#),
            ("[1}", #"line 1, column 3: expected "," or "]", found "}""#),
            (#"{"a" 1}"#, #"line 1, column 6: expected ":" after the key, found "1""#),
            (#"{"a":}"#, #"line 1, column 6: expected a value, found "}""#),
            (#"{"a":1 "b":2}"#, #"line 1, column 8: expected "," or "}", found "\"""#),
            ("{a: 1}", #"line 1, column 2: expected a key in double quotes, found "a""#),
            ("{1: 1}", #"line 1, column 2: expected a key in double quotes, found "1""#),
            ("{'a': 1}", "line 1, column 2: a single quote; strings take double quotes"),
            ("['a']", "line 1, column 2: a single quote; strings take double quotes"),
            ("[NaN]", "line 1, column 2: NaN is no JSON number"),
            ("[Infinity]", "line 1, column 2: Infinity is no JSON number"),
            ("[-Infinity]", #"line 1, column 2: not a number: "-Infinity""#),
            ("[True]", #"line 1, column 2: expected a value, found "True""#),
            ("[nulll]", #"line 1, column 2: expected a value, found "nulll""#),
            ("[nul]", #"line 1, column 2: expected a value, found "nul""#),
            ("[01]", "line 1, column 2: a number with a leading zero"),
            ("[-01]", "line 1, column 2: a number with a leading zero"),
            ("[1.]", #"line 1, column 2: not a number: "1.""#),
            ("[.5]", #"line 1, column 2: expected a value, found ".""#),
            ("[+5]", #"line 1, column 2: expected a value, found "+""#),
            ("[1e]", #"line 1, column 2: not a number: "1e""#),
            ("[1e+]", #"line 1, column 2: not a number: "1e+""#),
            ("-", #"line 1, column 1: not a number: "-""#),
            ("[0x10]", #"line 1, column 3: expected "," or "]", found "x10""#),
            ("{} {}", #"line 1, column 4: expected the end of the document, found "{""#),
            ("1 x", #"line 1, column 3: expected the end of the document, found "x""#),
            ("{}\0", #"line 1, column 3: expected the end of the document, found "\u0000""#),
            ("[1]\u{B}", #"line 1, column 4: expected the end of the document, found "\u000b""#),
            ("[", "line 1, column 2: unexpected end of the document"),
            (#"{"a":"#, "line 1, column 6: unexpected end of the document"),
            (#"["a"#, "line 1, column 2: unterminated string"),
            (#""\"#, "line 1, column 2: an unknown escape in a string"),
            (#""\x41""#, "line 1, column 2: an unknown escape in a string"),
            (#""\u12""#, #"line 1, column 2: an unfinished escape in a string; \u takes four hexadecimal digits"#),
        ]
    )
    func syntax(text: String, message: String) {
        #expect(refusal(text) == message)
    }
}
