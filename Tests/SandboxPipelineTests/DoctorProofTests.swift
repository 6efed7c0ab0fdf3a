import HostFiles
import JSONText
import Runtimes
import SandboxPipeline
import TestSupport
import Testing

@Suite("Proofs of the doctor", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct DoctorProofTests {
    private func prove(_ changes: (String, Set<String>) -> [String: JSONValue]) throws -> (
        proof: DoctorProof, findings: [DoctorFinding]
    ) {
        let space = try TemporaryFolder("proof")
        try space.folder("home")
        var environment = Program.environment(home: space("home"))
        environment["XDG_RUNTIME_DIR"] = nil
        let context = try PipelineContext(storeNamed: space("store"), environment: environment).writing()
        let host = DoctorHost.current(context)
        let prover = Prover(context, host, folder: space("probes")) { _ in }
        return try prover.proof(of: "bwrap", preset: "baseline", changes: changes(space("probes"), host.controllers))
    }

    /// A sandbox in which each control is asked for, and asked for less than a proof does.
    private func weakness(_ folder: String, _ controllers: Set<String>) -> [String: JSONValue] {
        let added: JSONValue = ["SYS_ADMIN", "NET_RAW", "MKNOD", "DAC_OVERRIDE"]
        var mounts: [JSONValue] = [["bind": .string(folder), "at": "/sbxpipe-probe", "mode": "rw"]]
        if Requirements.isRoot { mounts.append(["bind": "/etc/shadow", "at": "/etc/shadow"]) }
        return [
            "mounts": .array(mounts),
            "network": "host",
            "devices": "host",
            "namespaces": ["ipc": false, "pid": false, "cgroup": false],
            "resources": .members([
                "pids": controllers.contains("pids") ? 4096 : nil,
                "memory": controllers.contains("memory") ? "1G" : nil,
            ]),
            "security": .members([
                "seccomp": "unconfined", "maskedPaths": ["/proc/acpi"], "readonlyPaths": ["/proc/bus"],
                "capabilities": Requirements.isRoot ? ["add": added] : nil,
            ]),
        ]
    }

    private func succeeded(_ proof: DoctorProof) -> Set<String> {
        Set(proof.probes.filter { $0.outcome == .succeeded }.map(\.id))
    }

    @Test("under the preset as it is no probe succeeds; in a sandbox made weak the same probes do, and are findings")
    func weak() throws {
        let strong = try prove { _, _ in [:] }
        #expect(strong.proof.holds && strong.findings.isEmpty, "\(strong)")
        #expect(strong.proof.refusal == nil && strong.proof.probes.count >= 30, "\(strong)")
        // What enforcement.json names is what is tried, but where a control is not asked for here.
        let untried = Set(ForbiddenProbe.all.map(\.id)).subtracting(strong.proof.probes.map(\.id))
        let unasked: Set = ["more-memory", "more-processes", "host-user-namespace", "read-root-home"]
        #expect(untried.isSubset(of: unasked), "\(untried)")

        let (proof, findings) = try prove(weakness)
        #expect(!proof.holds)
        var expected: Set = [
            "read-hidden", "move-hidden", "read-masked", "host-ipc-namespace", "host-net-namespace",
            "host-pid-namespace",
            "keyctl", "unshare", "set-user-id", "connect-to-host",
        ]
        if Requirements.isRoot {
            expected.formUnion(["read-shadow", "mount", "raw-socket", "make-device"])
        }
        // Where there are controllers, the limits were asked for and are wide.
        for probe in proof.probes where probe.id.hasPrefix("more-") { #expect(probe.outcome == .succeeded, "\(probe)") }
        #expect(succeeded(proof).isSuperset(of: expected), "\(expected.subtracting(succeeded(proof)))")
        #expect(Set(findings.map(\.id)) == Set(succeeded(proof).map { "probe-" + $0 }))
        #expect(findings.allSatisfy { $0.severity == .error && $0.runtime == "bwrap" && $0.remedy != nil })
    }
}
