import PipelineContracts
import Secrets
import Testing

@Suite("The search for secrets")
struct SecretSearchTests {
    private func search(_ values: [String: String]) throws -> SecretSearch {
        var secrets = SecretValues()
        for (name, value) in values { secrets[name] = Array(value.utf8) }
        return try #require(SecretSearch(secrets))
    }

    private func feed(_ text: String, _ size: Int, to search: SecretSearch, in place: String = "stdout") {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rest.prefix(size).withUnsafeBytes { search.scan($0, in: place) }
            rest = rest.dropFirst(size)
        }
        search.end(place)
    }

    @Test("A value is found wherever the stream is cut, also behind beginnings of itself", arguments: [1, 2, 3, 7, 64])
    func cut(size: Int) throws {
        let search = try search(["A": "abcabcabd", "B": "never here", "C": "aaaaaaab"])
        feed("xxabcabcabcabd aaaaaaaaaaaab abcabcab", size, to: search)
        feed("abcabcab", size, to: search, in: "stderr")
        feed("d aaaaaaa", size, to: search, in: "stderr")
        #expect(
            search.findings == [
                SecretFinding(name: "A", found: ["stdout"]), SecretFinding(name: "B", found: []),
                SecretFinding(name: "C", found: ["stdout"]),
            ]
        )
    }

    @Test("Every value of random text is found at every cut that a plain search finds it at")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let text = String((0..<200).map { _ in "ab".randomElement(using: &generator) ?? "a" })
            let value = String((0..<9).map { _ in "ab".randomElement(using: &generator) ?? "a" })
            let search = try search(["A": value])
            feed(text, Int.random(in: 1...40, using: &generator), to: search)
            let (bytes, needle) = (Array(text.utf8), Array(value.utf8))
            let isThere = bytes.indices.contains { bytes[$0...].starts(with: needle) }
            #expect(search.findings.first?.found == (isThere ? ["stdout"] : []), "\(value) in \(text)")
        }
    }

    @Test(
        "A value counts without the line end of its file; one of less than eight bytes is not searched for, and said so"
    )
    func short() throws {
        let search = try search(["A": "12345678\r\n", "B": "1234567\n", "C": ""])
        feed("x12345678y", 4, to: search)
        #expect(
            search.findings == [
                SecretFinding(name: "A", found: ["stdout"]), SecretFinding(name: "B", found: nil),
                SecretFinding(name: "C", found: nil),
            ]
        )
        #expect(SecretSearch(SecretValues()) == nil)
    }

    @Test("No rendering of values shows one, and a text has names in place of them")
    func redaction() {
        var values = SecretValues()
        values["T"] = Array("hunter2hunter2\n".utf8)
        values["U"] = Array("multi\nline\"value".utf8)
        values["S"] = Array("short".utf8)
        var dumped = ""
        dump(values, to: &dumped)
        for text in ["\(values)", String(reflecting: values), dumped] { #expect(!text.contains("hunter2"), "\(text)") }
        let said = "a hunter2hunter2 b multi\nline\"value c multi\\nline\"value short"
        #expect(values.redacted(said) == "a <secret T> b <secret U> c <secret U> short")
    }
}
