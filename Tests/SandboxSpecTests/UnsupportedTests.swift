import SandboxSpec
import Testing

@Suite struct UnsupportedTests {
    static let cases: [(members: String, field: String, control: Control, waivable: Bool)] = [
        (#""root": {"image": "x"}"#, "root.image", .root, false),
        (#""root": {"writes": "discard"}"#, "root.writes", .rootWrites, false),
        (#""root": {"host": "ro", "writes": "keep"}"#, "root.writes", .rootWrites, false),
        (#""mounts": [{"bind": "a", "at": "/a", "mode": "overlay"}]"#, "mounts[0].mode", .mountsOverlay, false),
        (
            #""mounts": [{"bind": "a", "at": "/a", "mode": "snapshot", "writable": true}]"#, "mounts[0].writable",
            .mountsSnapshot, false
        ),
        (#""namespaces": {"time": true}"#, "namespaces.time", .namespacesTime, false),
    ]

    @Test("what is not enforced yet is refused when it is asked for", arguments: cases)
    func refused(_ members: String, _ field: String, _ control: Control, _ waivable: Bool) throws {
        let refusals = Unsupported.check(try spec(members))
        #expect(refusals.count == 1)
        let refusal = try #require(refusals.first)
        #expect(refusal.field == field)
        #expect(refusal.control == control)
        #expect(refusal.waivable == waivable)
        #expect(refusal.hint?.contains("--allow-degraded \(control.rawValue)") ?? false == waivable)
        #expect(!refusal.message.isEmpty)
    }

    @Test(
        "what is enforced, or asked to be off, is not refused",
        arguments: [
            "", #""user": {"map": "subids"}"#, #""security": {"seccomp": "unconfined"}"#,
            #""security": {"seccomp": {"file": "f"}}"#,
            #""security": {"seccomp": "default"}"#, #""tty": true"#, #""cache": "always""#,
            #""root": {"oci": "x"}"#, #""root": {"tar": "x"}"#, #""root": {"dir": "x"}"#, #""root": {"empty": true}"#,
            #""resources": {"timeout": "1s", "grace": "1s"}"#,
            #""root": {"host": "ro", "writes": "deny"}"#, #""root": {"host": "rw"}"#, #""runtime": "bwrap""#,
            #""runtime": "direct", "preset": "overlay""#,
            #""preset": "restricted""#, #""secrets": {"T": {"env": "T"}}"#, #""preset": "overlay""#,
            #""namespaces": {"time": false}"#,
            #""mounts": [{"bind": "a", "at": "/a", "mode": "rw"}, {"hide": "/b"}]"#, #""user": {"map": "none"}"#,
            #""resources": {"memory": "1G", "swap": "1G", "cpus": 1, "pids": 1, "rlimits": {"nofile": 5}}"#,
            #""resources": {"timeout": "1s", "grace": "5s"}"#,
            #""init": true, "outputs": ["/a/**"], "capture": {"limit": "1K"}"#,
        ]
    )
    func taken(_ members: String) throws {
        #expect(Unsupported.check(try spec(members)).isEmpty)
    }

    @Test("controls have the names of fields")
    func names() {
        #expect(Control(rawValue: "mounts.hide") == .mountsHide)
        #expect(Control(rawValue: "security.seccomp") == .seccomp)
        for namespace in Namespace.allCases {
            #expect(namespace.control.rawValue == "namespaces." + namespace.rawValue)
        }
        #expect(problem(#""require": ["networks"]"#)?.hasPrefix("require[0]: expected one of ") == true)
    }
}
