import JSONText
import PipelineContracts
import SandboxSpec
import Testing

@testable import EnvStage

@Suite("The environment", .tags(.small))
struct EnvStageTests {
    private func rendered(
        _ environment: String,
        inherited: [String: String] = [:],
        broker: [String: String] = [:],
        secrets: String = "",
        secretVariables: [String] = []
    ) throws -> [String] {
        let stage = EnvStage(
            inherited: inherited,
            spec: try spec("\"env\": {\(environment)}, \"secrets\": {\(secrets)}"),
            workdir: "/w",
            broker: broker,
            secretVariables: secretVariables
        )
        return stage.rendered.variables.map { "\($0.name)=\($0.value ?? "?") \($0.origin.rawValue)" }
    }

    @Test("inherited, then unset, then set, then PATH, then the broker, sorted by bytes")
    func order() throws {
        let found = try rendered(
            "\"unset\": [\"SECRET*\", \"PATH\"], \"set\": {\"SECRET_B\": \"mine\", \"a\": \"\"}, \"path\": {\"dir\": \"/d\"}",
            inherited: ["SECRET_A": "1", "SECRET_B": "2", "PATH": "/usr/bin", "Z": "z", "MPROXY_SHIM_PATH": "/old"],
            broker: ["MPROXY_BROKER_SOCK": "/s", "MPROXY_SHIM_PATH": "/new"]
        )
        #expect(
            found == [
                "MPROXY_BROKER_SOCK=/s broker", "MPROXY_SHIM_PATH=/new broker",
                "PATH=/d:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin path", "PWD=/w workdir",
                "SECRET_B=mine set", "Z=z inherited", "a= set",
            ]
        )
    }

    @Test("set goes over inherited, and the working folder over all")
    func set() throws {
        let found = try rendered("\"set\": {\"A\": \"2\", \"PWD\": \"/x\"}", inherited: ["A": "1", "PWD": "/y"])
        #expect(found == ["A=2 set", "PWD=/w workdir"])
    }

    @Test("nothing said leaves what is inherited")
    func plain() throws {
        #expect(try rendered("", inherited: ["PATH": "/bin"]) == ["PATH=/bin inherited", "PWD=/w workdir"])
        #expect(try rendered("") == ["PWD=/w workdir"])
    }

    @Test("a secret that is a variable has its name alone, one that is a file inside is none; each counts in the key")
    func secrets() throws {
        let secrets = "\"T\": {\"env\": \"V\"}, \"F\": {\"file\": \"f\", \"at\": \"/f\"}"
        let found = try rendered("", inherited: ["T": "x"], secrets: secrets, secretVariables: ["API_KEY"])
        #expect(found == ["API_KEY=? secret", "PWD=/w workdir", "T=? secret"])
        let spec = try spec("\"secrets\": {\(secrets)}")
        let stage = EnvStage(inherited: [:], spec: spec, workdir: "/w", broker: [:], secretVariables: ["API_KEY"])
        #expect(stage.key["secrets.T"] == true && stage.key["secrets.API_KEY"] == true && stage.key.count == 3)
    }

    private static let fallback = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    @Test(
        "a folder is spliced into PATH once",
        arguments: [
            ("/a:/b", "/d", "prepend", "/d:/a:/b"), ("/a:/b", "/d", "append", "/a:/b:/d"),
            ("/a:/d:/b", "/d", "prepend", nil),
            ("/a:/d", "/d", "append", nil), ("/d", "/d", "prepend", nil), ("/dd:/a", "/d", "append", "/dd:/a:/d"),
            ("/d/:/a", "/d", "append", "/d/:/a:/d"), (":/a", "/d", "prepend", "/d::/a"),
            ("", "/d", "prepend", "/d:" + fallback), ("", "/d", "append", fallback + ":/d"),
            ("", "/usr/bin", "append", fallback),
        ] as [(String, String, String, String?)]
    )
    func splices(path: String, folder: String, position: String, expected: String?) throws {
        let splice = Spec.Environment.PathSplice(folder: folder, position: position == "append" ? .append : .prepend)
        #expect(EnvStage.spliced(path, splice) == expected)
        if path.isEmpty { #expect(EnvStage.spliced(nil, splice) == expected) }
        if let expected { #expect(EnvStage.spliced(expected, splice) == nil || path.isEmpty) }
    }

    @Test("a PATH that was set is spliced like one that was inherited")
    func spliceOfSet() throws {
        let found = try rendered("\"set\": {\"PATH\": \"/a\"}, \"path\": {\"dir\": \"/d\", \"position\": \"append\"}")
        #expect(found.first == "PATH=/a:/d path")
    }

    @Test("each input is in the key, and equal ones give equal keys")
    func key() throws {
        func key(
            _ environment: String = "",
            _ inherited: [String: String] = ["A": "1"],
            _ workdir: String = "/",
            _ broker: [String: String] = [:]
        ) throws -> [String] {
            let spec = try spec("\"env\": {\(environment)}")
            return EnvStage(inherited: inherited, spec: spec, workdir: workdir, broker: broker).key
                .map { "\($0.key)=\(String(decoding: $0.value.canonical(), as: UTF8.self))" }.sorted()
        }
        let all = [
            try key(), try key("\"unset\": [\"A\"]"), try key("\"set\": {\"B\": \"1\"}"),
            try key("\"path\": {\"dir\": \"/d\"}"),
            try key("\"path\": {\"dir\": \"/d\", \"position\": \"append\"}"), try key("", ["A": "2"]), try key("", [:]),
            try key("", ["A": "1"], "/w"), try key("", ["A": "1"], "/", ["S": "/s"]),
        ]
        #expect(Set(all).count == all.count)
        #expect(try key("\"inherit\": [\"A\"]") == all[0])
    }

    /// Two names that differ in their bytes are two variables to the kernel.
    @Test("names are compared by their bytes")
    func normalForms() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let two = try rendered("\"set\": {\"\(decomposed)\": \"2\"}", inherited: [composed: "1"])
        #expect(two.map { Array($0.utf8) }.contains(Array("\(decomposed)=2 set".utf8)))
        #expect(two.map { Array($0.utf8) }.contains(Array("\(composed)=1 inherited".utf8)))
        #expect(try rendered("\"unset\": [\"\(decomposed)\"]", inherited: [composed: "1"]).count == 2)
        let sign = "\u{212A}"
        #expect(try rendered("\"set\": {\"\(sign)\": \"2\"}", inherited: ["K": "1"]).count == 3)
    }

    @Test("a folder is an entry of PATH by its bytes")
    func pathForms() {
        let splice = Spec.Environment.PathSplice(folder: "/cafe\u{301}", position: .append)
        #expect(EnvStage.spliced("/caf\u{E9}", splice).map { $0.utf8.count } == 14)
        #expect(EnvStage.spliced("/cafe\u{301}:/b", splice) == nil)
    }
}
