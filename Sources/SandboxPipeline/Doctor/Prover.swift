import ArtifactStore
import HostFiles
import HostProcess
package import JSONText
import PipelineContracts
import PipelineCore
import SandboxSpec

/// Runs the probes of forbidden things in a sandbox, all in one start.
package struct Prover {
    private let context: PipelineContext
    private let host: DoctorHost
    private let progress: @Sendable (String) -> Void
    /// A folder of ours that the sandbox may write, with what it may not.
    private let folder: String

    /// A start with ptrace takes seconds.
    private static let limit = Duration.seconds(60)

    /// `folder` does not exist yet.
    package init(
        _ context: PipelineContext,
        _ host: DoctorHost,
        folder: String,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.host = host
        self.folder = folder
        self.progress = progress
    }

    /// Proves one runtime under one preset; `changes` are fields of the spec in place of the proof's own.
    ///
    /// - Throws: ``PipelineError`` when there is no place for the files, or no port.
    package func proof(
        of runtime: String,
        preset: String,
        changes: [String: JSONValue] = [:]
    ) throws -> (proof: DoctorProof, findings: [DoctorFinding]) {
        progress("\(runtime), preset \(preset): running the probes")
        do { try plant() } catch { throw PipelineError("doctor: \(error)") }
        defer { try? Folder.removeTree(folder) }
        let listener = try LoopbackListener()
        let facts = facts(of: runtime, port: listener.port)
        let probes = ProofProbe.all(facts)
        var members = members(runtime, preset, facts, ProofScript(probes).text)
        members.merge(changes) { _, new in new }
        let launch: LimitedLaunch
        do {
            let spec = try SpecText.spec(from: .object(members), source: "doctor", name: "prove-\(runtime)")
            let source = SpecSource(spec: spec, label: "doctor", file: nil, base: "/")
            let planned = try Planner(context, PlanOptions()).plan(source)
            launch = try LimitedLaunch(planned, of: source, within: Self.limit, context)
        } catch {
            let problem = PipelineError(error, source: "")
            let finding = DoctorFinding(
                "proof-refused",
                .note,
                of: runtime,
                "preset \(preset) can't be had: \(problem.message)",
                remedy: problem.hint
            )
            return (DoctorProof(runtime: runtime, preset: preset, refusal: problem.message), [finding])
        }
        let judgement = ProofJudgement(launch.output, launch.record.enforcement, wasReached: listener.wasReached())
        let isOver = !launch.isTimedOut && !judgement.isComplete
        let judged = probes.compactMap { probe in
            judgement.judged(probe, endsSandbox: isOver && probe.id == probes.last?.id && probe.endsSandbox)
        }
        let proof = DoctorProof(runtime: runtime, preset: preset, probes: judged)
        return (proof, findings(proof, launch))
    }

    private func findings(_ proof: DoctorProof, _ launch: LimitedLaunch) -> [DoctorFinding] {
        let about = "\(proof.runtime), preset \(proof.preset)"
        var findings = proof.probes.filter { $0.outcome == .succeeded }.map { probe in
            DoctorFinding(
                "probe-\(probe.id)",
                .error,
                of: proof.runtime,
                "\(about): \(probe.id) succeeded, which \(probe.controls.joined(separator: " and ")) should forbid",
                remedy: "do not rely on this runtime here for what must be contained, and report it with the output of "
                    + "sbxpipe doctor --prove --json"
            )
        }
        let silent = proof.probes.filter { $0.outcome == .unanswered }.map(\.id)
        if !silent.isEmpty {
            let end = launch.record.failure?.message ?? "exit code \(launch.record.exitCode)"
            let cause = launch.isTimedOut ? "60 seconds were over" : end
            findings.append(
                DoctorFinding(
                    "proof-incomplete",
                    .error,
                    of: proof.runtime,
                    "\(about): \(cause) before there was an answer to \(silent.joined(separator: ", "))"
                )
            )
        }
        return findings
    }

    private func members(
        _ runtime: String,
        _ preset: String,
        _ facts: ProofHost,
        _ script: String
    ) -> [String: JSONValue] {
        let inside = ProofHost.folder
        var resources: [String: JSONValue] = [:]
        if facts.controllers.contains("pids") { resources["pids"] = .integer(Int64(ProofHost.processes)) }
        if facts.controllers.contains("memory") { resources["memory"] = .string(ProofHost.memory) }
        var members: [String: JSONValue] = [
            "command": ["/bin/sh", "-c", .string(script)],
            "runtime": .string(runtime),
            "preset": .string(preset),
            "capture": ["limit": "64K"],
            "mounts": [
                ["bind": .string(folder), "at": .string(inside), "mode": "rw"],
                ["hide": .string("\(inside)/dir/hidden")],
                ["readonly": .string("\(inside)/locked")],
            ],
        ]
        if !resources.isEmpty { members["resources"] = .object(resources) }
        return members
    }

    /// Makes the folder anew.
    private func plant() throws(FileError) {
        try Folder.makeAll(AbsolutePath.join(folder, "dir"))
        for name in ["dir/hidden", "locked"] {
            let path = AbsolutePath.join(folder, name)
            let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive])
            try FileContent.write(Array("a file of the doctor's\n".utf8), to: file.number, path: path)
        }
    }

    private func facts(of runtime: String, port: UInt16) -> ProofHost {
        let homes = Set(context.accounts.homes(of: 1000...59_999)).filter { home in
            home != context.home && AbsolutePath.depth(home) > 0 && ((try? Folder.names(home)) ?? []).isEmpty == false
        }
        var namespaces: [String: String] = [:]
        for kind in ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"] {
            namespaces[kind] = try? Folder.target(of: "/proc/self/ns/\(kind)")
        }
        return ProofHost(
            port: port,
            store: context.store.location.root,
            otherHomes: homes.sorted(),
            namespaces: namespaces,
            controllers: runtime == "runsc" ? host.controllers.subtracting(["pids"]) : host.controllers,
            isGVisor: runtime == "runsc"
        )
    }
}
