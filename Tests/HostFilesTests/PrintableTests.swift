import HostFiles
import TestSupport
import Testing

@Suite("Text for terminals and shells", .tags(.small))
struct PrintableTests {
    @Test(
        "control characters are written, the rest is left",
        arguments: [
            ("plain ü 漢", "plain ü 漢"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"), ("\u{1B}[31m", "\\u{1B}[31m"),
            ("\u{0}\u{7F}\u{9B}", "\\u{0}\\u{7F}\\u{9B}"), ("\u{202E}txt", "\\u{202E}txt"), ("a\r\nb", "a\\r\\nb"),
            ("\u{2066}\u{2028}", "\\u{2066}\\u{2028}"), ("", ""),
        ]
    )
    func escaped(text: String, expected: String) { #expect(Printable.escaped(text) == expected) }

    @Test("harmless words stay bare, others get quotes")
    func quoted() {
        #expect(Printable.shellQuoted("/usr/bin/x-1_2.3") == "/usr/bin/x-1_2.3")
        #expect(Printable.shellQuoted("") == "''")
        #expect(Printable.shellQuoted("a b") == "'a b'")
        #expect(Printable.shellQuoted("it's") == "'it'\\''s'")
        #expect(Printable.shellQuoted("~") == "'~'")
    }

    @Test("a shell reads every word back as it was", .tags(.medium))
    func roundTrip() throws {
        let words = [
            "", " ", "'", "''", "a'b'c", "$HOME", "`id`", "\\", "\\'", "\"", "*", "~", "#", "!", "a\nb", "\t", "-n",
            "a=b",
            "é漢", "{a,b}", "&&", ";", "\u{301}",
        ]
        let folder = try TemporaryFolder("quote")
        for word in words {
            let line = "printf '%s.' " + Printable.shellQuoted(word)
            #expect(try folder.shell(line).utf8.elementsEqual((word + ".").utf8), "\(Printable.escaped(word))")
        }
    }

    /// An apostrophe and the mark after it are one Character of Swift; a shell sees the apostrophe.
    @Test("an apostrophe is quoted also where a combining mark follows", .tags(.medium))
    func combiningMark() throws {
        let folder = try TemporaryFolder("quote")
        for word in ["'\u{301}", "e'\u{301}x", "'\u{301}; echo injected #"] {
            let text = try folder.shell("printf '%s.' " + Printable.shellQuoted(word))
            #expect(text.utf8.elementsEqual((word + ".").utf8), "\(Printable.escaped(word))")
        }
    }
}
