import JSONText
import PipelineContracts
import SandboxSpec
import TestSupport
import Testing

@testable import Runtimes

@Suite("What runtime bwrap answers to each control", .tags(.small))
struct BubblewrapEnforcementTests {
    private func answers(_ members: String) throws -> ControlAnswers {
        let spec = try SpecText.load(Array("{\"command\": [\"true\"], \(members)}".utf8), file: "sandbox.json")
        #expect(SpecRules.problems(in: spec, runtime: .bwrap).isEmpty)
        return BubblewrapEnforcement(EffectiveSpec(spec), host: .fixture(isRoot: true), waived: []).answers
    }

    private func answer(to control: String, _ members: String) throws -> Enforcement.Answer? {
        try answers(members).enforcement.controls.first { $0.name == control }?.answer
    }

    @Test("a mount namespace is always made: asking for none is refused", arguments: ["baseline", "overlay"])
    func mountNamespace(preset: String) throws {
        let members = #""preset": "\#(preset)", "namespaces": {"mount": false}"#
        #expect(try answer(to: "namespaces.mount", members) == .missing)
        let refusal = try #require(try answers(members).refusals.first)
        #expect(refusal.control == .namespacesMount && refusal.waivable)
        #expect(refusal.message.contains("always makes a mount namespace"))
        #expect(refusal.hint?.contains("direct") == (preset == "overlay"))
    }

    @Test("a reaper is there with a PID namespace, and nowhere else")
    func reaper() throws {
        let noPIDs = #""namespaces": {"pid": false}, "init": "#
        #expect(try answer(to: "init", #""init": true"#) == .enforced)
        #expect(try answer(to: "init", #""init": false"#) == .enforced)
        #expect(try answer(to: "init", noPIDs + "true") == .missing)
        #expect(try answer(to: "init", noPIDs + "false") == .enforced)
        #expect(try answer(to: "init", noPIDs + "\"auto\"") == .notNeeded)
        #expect(try answer(to: "init", #""preset": "overlay", "init": true"#) == .missing)
        #expect(try answers(noPIDs + "true").refusals.map(\.control) == [.initProcess])
        #expect(try answers(noPIDs + "true, \"require\": [\"init\"]").refusals.map(\.waivable) == [false])
    }

    @Test("a control that is enforced names the probes that it forbids as it is asked for, no others")
    func probes() throws {
        func probes(_ control: String, _ members: String = "\"init\": true") throws -> [String] {
            try answers(members).enforcement.controls.first { $0.name == control }?.probes ?? []
        }
        #expect(try probes("security.seccomp").count == 11)
        #expect(try probes("security.seccomp", #""security": {"seccomp": "unconfined"}"#) == [])
        let admin = #""security": {"capabilities": {"add": ["SYS_ADMIN", "NET_RAW"]}}"#
        #expect(try probes("security.capabilities", admin) == ["load-module", "make-device"])
        #expect(try !probes("security.seccomp", admin).contains { ["bpf", "mount", "packet-socket"].contains($0) })
        #expect(try probes("network") == ["connect-to-host"])
        #expect(try probes("network", #""network": "host""#) == [])
        #expect(try probes("mounts.hide").contains("read-shadow"))
        #expect(try probes("root", #""root": {"host": "rw"}"#) == [])
        #expect(
            try probes("security.readonlyPaths", #""security": {"readonlyPaths": ["/proc/sys"]}"#) == ["write-proc-sys"]
        )
        #expect(try probes("init") == [])
        for entry in try answers(#""namespaces": {"mount": false}"#).enforcement.controls where entry.answer == .missing
        {
            #expect(entry.probes == [])
        }
    }
}
