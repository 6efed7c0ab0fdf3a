import JSONText
import Testing

@Suite("Comments are white space, where they are taken")
struct JSONCommentTests {
    @Test("both forms are taken in every place")
    func everywhere() throws {
        let text = """
            // first
            /* a */ { /* b */ "k" /**/ : /* * / // */ [ 1 /* c */ , // two
              2 ], // "not": a member
              "s": "// no /* comment */ here"
            } // last
            """
        #expect(try parsed(text, comments: true) == ["k": [1, 2], "s": "// no /* comment */ here"])
    }

    @Test("a comment between two numbers parts them")
    func parting() {
        #expect(refusal("[1/**/2]", comments: true) == #"line 1, column 7: expected "," or "]", found "2""#)
    }

    @Test("lines and columns behind comments are those of the text")
    func places() {
        let text = "/* one\n two é */ // x\n{\"a\": /* é */ ?}"
        #expect(refusal(text, comments: true) == "line 3, column 15: expected a value, found \"?\"")
    }

    @Test("a trailing comma is seen through a comment")
    func trailingComma() {
        #expect(refusal("[1, /* , */ ]", comments: true) == "line 1, column 13: trailing comma")
    }

    @Test("an unterminated comment is refused where it begins", arguments: ["1 /* x", "1 /*", "1 /*/", "1 /* *"])
    func unterminated(text: String) {
        #expect(refusal(text, comments: true) == "line 1, column 3: unterminated comment")
    }

    @Test("a line comment may end with the document")
    func lineAtEnd() throws {
        #expect(try parsed("1 //", comments: true) == 1)
        #expect(try parsed("1 // x", comments: true) == 1)
    }

    @Test("a slash that begins no comment is refused")
    func slash() {
        #expect(refusal("/ 1", comments: true) == "line 1, column 1: unexpected \"/\"")
        #expect(refusal("1 /", comments: true) == "line 1, column 3: unexpected \"/\"")
    }

    @Test("without the switch a comment is refused")
    func notTaken() {
        #expect(refusal("// x\n1") == "line 1, column 1: unexpected \"/\"; comments are not taken here")
        #expect(refusal("[1 /* x */]") == "line 1, column 4: unexpected \"/\"; comments are not taken here")
    }
}
