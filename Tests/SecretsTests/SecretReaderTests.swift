import PipelineContracts
import Secrets
import TestSupport
import Testing

@Suite("Reading secrets")
struct SecretReaderTests {
    private func read(
        _ source: SecretBinding.Source,
        asFile: Bool = false,
        field: String = "secrets.T",
        _ variables: [String: [UInt8]] = [:]
    ) throws -> [UInt8] {
        let binding = SecretBinding(name: "T", field: field, source: source)
        let reader = SecretReader { variables[$0] }
        try? reader.check(binding, asFile: asFile)
        return try reader.value(of: binding, asFile: asFile)
    }

    private func shell(_ folder: TemporaryFolder, _ script: String) throws {
        let run = try Program.run(["/bin/sh", "-ec", script], in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == 0, "\(run)")
    }

    private func problem(_ body: () throws -> [UInt8]) -> String {
        do {
            return "\(try body())"
        } catch {
            return "\(error)"
        }
    }

    @Test("A file's value is its bytes, and as a variable loses one line end")
    func files() throws {
        let folder = try TemporaryFolder("secret")
        let path = try folder.write("a b\r\n", to: "f")
        #expect(try read(.file(path)) == Array("a b".utf8))
        #expect(try read(.file(path), asFile: true) == Array("a b\r\n".utf8))
        try shell(folder, "printf 'a\\0\\377\\n\\n' > raw; : > empty; ln -s f link; mkdir d; mkfifo p")
        #expect(try read(.file(folder("raw")), asFile: true) == [0x61, 0, 0xFF, 0x0A, 0x0A])
        #expect(try read(.file(folder("empty"))) == [])
        #expect(try read(.file(folder("link"))) == Array("a b".utf8))
        #expect(problem { try read(.file(folder("none"))) }.hasPrefix("secrets.T.file: "))
        #expect(problem { try read(.file(folder("d"))) }.contains("is a folder, not a file"))
        #expect(problem { try read(.file(folder("p"))) }.contains("is a fifo, not a file"))
        try shell(folder, "truncate -s 1048577 large")
        #expect(problem { try read(.file(folder("large")), asFile: true) }.contains("has 1048577 bytes"))
    }

    @Test("What no variable can hold, or on no runtime alike, is refused and named, and the value is not told")
    func variables() throws {
        let source = SecretBinding.Source.variable("V")
        #expect(problem { try read(source) } == "secrets.T.env: the variable V is not set")
        let inherited = problem { try read(source, field: SecretBinding.inherited) }
        #expect(inherited == "env.inherit: the variable V is not set")
        for (value, word) in [
            ("hunter2\nx", "line end"), ("hunter2\0x", "zero byte"),
            (String(repeating: "hunter2", count: 20_000), "131071"),
        ] {
            let said = problem { try read(source, ["V": Array(value.utf8)]) }
            #expect(said.contains(word) && !said.contains("hunter2"), "\(said)")
        }
        #expect(problem { try read(source, ["V": [0x61, 0xFF]]) }.contains("UTF-8"))
        #expect(try read(source, ["V": []]) == [])
        // What is only inherited stays as it is.
        let several = Array("a\nb".utf8)
        #expect(try read(source, field: SecretBinding.inherited, ["V": several]) == several)
    }
}
