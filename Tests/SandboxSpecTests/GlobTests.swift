import SandboxSpec
import Testing

@Suite struct GlobTests {
    @Test(
        "a glob matches",
        arguments: [
            ("LC_*", "LC_ALL"), ("LC_*", "LC_"), ("*", ""), ("*", "a"), ("a?c", "abc"), ("a?c", "aéc"),
            ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[^a]x", "bx"), ("[]]", "]"), ("[a-]", "-"), ("[\\]]", "]"),
            ("\\*", "*"), ("/src/build/**", "/src/build/a"), ("/src/build/**", "/src/build/a/b"), ("**", "/a/b"),
            ("/a/**/b", "/a/b"), ("/a/**/b", "/a/x/b"), ("/a/**/b", "/a/x/y/b"), ("**/b", "b"), ("**/b", "/x/b"),
            ("/*/b", "/a/b"), ("a**c", "abbc"), ("/a/***", "/a/b"), ("", ""), ("é", "é"), ("/a/**/*.c", "/a/b.c"),
        ]
    )
    func matches(_ pattern: String, _ text: String) throws {
        #expect(try #require(Glob(pattern)).matches(text))
    }

    @Test(
        "a glob doesn't match",
        arguments: [
            ("LC_*", "XLC_A"), ("LC_*", "LC"), ("*", "a/b"), ("a?c", "a/c"), ("a?c", "ac"), ("[!a]", "/"),
            ("[.-0]", "/"),
            ("[a-c]x", "dx"), ("\\*", "a"), ("/a/**", "/a"), ("/a/**", "/ab"), ("/a/**/b", "/a/xb"), ("/a/**/b", "/ab"),
            ("**/b", "ab"), ("a**c", "a/c"), ("/*/b", "/a/x/b"), ("", "a"), ("path", "PATH"), ("/a/**x", "/a/b/x"),
        ]
    )
    func misses(_ pattern: String, _ text: String) throws {
        #expect(try !#require(Glob(pattern)).matches(text))
    }

    @Test("a malformed glob is none", arguments: ["[", "[a", "[]", "[!]", "a\\", "[b-a]", "[a\\"])
    func malformed(_ pattern: String) {
        #expect(Glob(pattern) == nil)
    }

    @Test("a hostile pattern takes no time to speak of")
    func hostile() throws {
        let glob = try #require(Glob(String(repeating: "*a", count: 200) + "b"))
        var matches = true
        let time = ContinuousClock().measure { matches = glob.matches(String(repeating: "a", count: 400)) }
        #expect(!matches)
        #expect(time < .seconds(5))
    }

    @Test(
        "a glob knows its fixed folder, and its text when it has no wildcard",
        arguments: [
            ("/src/build/**", "/src/build", nil), ("/a/b*", "/a", nil), ("/*.txt", "/", nil), ("/a/b", "/a", "/a/b"),
            ("/a/\\*", "/a", "/a/*"), ("*", "", nil), ("/a/b?/c", "/a", nil),
        ] as [(String, String, String?)]
    )
    func parts(_ pattern: String, _ folder: String, _ literal: String?) throws {
        let glob = try #require(Glob(pattern))
        #expect(glob.fixedFolder == folder)
        #expect(glob.literal == literal)
    }

    @Test("globs are equal when their text is")
    func equality() {
        #expect(Glob("a*") == Glob("a*"))
        #expect(Glob("a*") != Glob("a**"))
        #expect(Set([Glob("a"), Glob("a")]).count == 1)
    }
}
