import SandboxPipeline
import Testing

@Suite("An environment by itself", .tags(.medium))
struct EnvironmentTests {
    @Test("the base is taken whole, and the broker's variables stand over it")
    func broker() {
        let rendered = SandboxEnvironment(
            base: ["A": "1", "MPROXY_BROKER_SOCK": "old", "MPROXY_SHIM_PATH": "kept", "B": ""],
            brokerSocket: "/run/broker.sock"
        )
        #expect(rendered.entries == ["A=1", "B=", "MPROXY_BROKER_SOCK=/run/broker.sock", "MPROXY_SHIM_PATH=kept"])
        let both = SandboxEnvironment(base: [:], brokerSocket: "/s", shim: "/p")
        #expect(both.variables == ["MPROXY_BROKER_SOCK": "/s", "MPROXY_SHIM_PATH": "/p"])
        #expect(SandboxEnvironment(base: [:]).entries.isEmpty)
    }

    @Test(
        "PATH is spliced at either end, once",
        arguments: [
            ("/usr/bin:/bin", "/stubs", SandboxEnvironment.PathSplice.Position.prepend, "/stubs:/usr/bin:/bin"),
            ("/usr/bin:/bin", "/stubs", .append, "/usr/bin:/bin:/stubs"),
            ("/usr/bin:/stubs:/bin", "/stubs", .prepend, "/usr/bin:/stubs:/bin"),
            ("", "/stubs", .prepend, "/stubs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ]
    )
    func path(base: String, folder: String, end: SandboxEnvironment.PathSplice.Position, result: String) {
        #expect(SandboxEnvironment(base: ["PATH": base], path: .init(folder, end)).variables["PATH"] == result)
    }

    @Test("a working folder is neither made up nor lost")
    func workingFolder() {
        #expect(SandboxEnvironment(base: ["PWD": "/x"]).variables == ["PWD": "/x"])
        #expect(SandboxEnvironment(base: ["A": ""]).variables == ["A": ""])
    }
}
