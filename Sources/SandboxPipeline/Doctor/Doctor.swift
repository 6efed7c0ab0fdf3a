import ArtifactStore
import HostFiles
import PipelineCore
import SandboxSpec

/// Starts runtimes for real and names, for each that fails, the cause and the remedy.
package struct Doctor {
    /// The runtimes that there are, in the order of a spec's `auto`.
    package static let runtimes = ["bwrap", "runc", "crun", "runsc", "direct"]

    private let environment: [String: String]
    private let progress: @Sendable (String) -> Void
    /// Nil for this host's.
    private let host: DoctorHost?

    /// `progress` is told each step.
    package init(
        _ environment: [String: String] = HostSystem.environment(),
        host: DoctorHost? = nil,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.environment = environment
        self.host = host
        self.progress = progress
    }

    /// Looks at runtimes, each of ``runtimes``, in a store of its own that is gone afterwards; with `proves` also runs
    /// the probes of forbidden things on each that works.
    ///
    /// - Throws: ``PipelineError`` when there is no place for the store.
    package func report(on names: [String], proves: Bool = false) throws -> DoctorReport {
        let scratch: DoctorScratch
        do {
            scratch = try DoctorScratch(environment, HostIdentity.current())
        } catch {
            throw PipelineError("doctor: \(error)", hint: "name a folder that you may write with TMPDIR")
        }
        let context = try scratch.context(environment)
        defer { try? context.store.lease?.end() }
        let host = host ?? DoctorHost.current(context)
        var report = DoctorReport()
        var failed: [String] = []
        for name in names {
            if name == "direct" {
                var direct = DoctorReport.Runtime(name)
                direct.works = true
                report.runtimes.append(direct)
                continue
            }
            var trial = RuntimeTrial(name, context, host, progress: progress)
            trial.run()
            report.runtimes.append(trial.report)
            report.findings += trial.findings
            if trial.failedAtStart { failed.append(name) }
        }
        let ofHost = names == ["direct"] ? [] : HostDiagnosis(host).findings(failed: failed)
        report.findings += ofHost
        for index in report.runtimes.indices where failed.contains(report.runtimes[index].name) {
            let name = report.runtimes[index].name
            let causes = ofHost.filter { $0.severity == .error && ($0.runtime ?? name) == name }
            report.runtimes[index].findings += causes.map(\.id)
        }
        if proves {
            let folder = AbsolutePath.join(scratch.path, "probes")
            try prove(&report, Prover(context, host, folder: folder, progress: progress))
        }
        let order = DoctorFinding.Severity.allCases
        report.findings = order.flatMap { severity in report.findings.filter { $0.severity == severity } }
        return report
    }

    /// Proves each sandbox that works under the presets that promise containment.
    private func prove(_ report: inout DoctorReport, _ prover: Prover) throws {
        var proofs: [DoctorProof] = []
        for runtime in report.runtimes where runtime.works && runtime.name != "direct" {
            for preset in ["baseline", "restricted"] {
                let (proof, findings) = try prover.proof(of: runtime.name, preset: preset)
                proofs.append(proof)
                report.findings += findings
            }
        }
        report.proofs = proofs
    }
}
