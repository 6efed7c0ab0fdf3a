package import ArtifactStore
import ContentAddressing
import HostFiles
import HostProcess
import JSONText
package import PipelineContracts
package import Runtimes

/// Version and features of a launcher, found by running it once and remembered by its fingerprint.
package struct LauncherInspection {
    private let store: Store
    private let kernel: String
    private let user: UInt32

    package init(store: Store, kernel: String, user: UInt32) {
        self.store = store
        self.kernel = kernel
        self.user = user
    }

    /// What is known of a launcher; a hung one is remembered for a day.
    ///
    /// - Throws: ``LauncherProblem`` when it does not answer as that launcher does; ``StoreError``.
    package func facts(of launcher: borrowing FoundLauncher, name: String) throws -> LauncherFacts {
        let path = recordPath(launcher, name)
        if let (value, isTrusted) = try store.record(at: path), isTrusted {
            if let facts = try? LauncherFacts(value) { return facts }
            if let problem = value["problem"]?.stringValue, let time = value["time"]?.integerValue,
                HostSystem.realTime() - time < 86_400 * 1_000_000_000
            {
                throw LauncherProblem(problem, kind: .hung)
            }
        }
        let facts: LauncherFacts
        do {
            facts = try inspect(launcher, name)
        } catch let problem as LauncherProblem where problem.kind == .hung {
            try remember(
                ["problem": .string(problem.message), "time": .integer(HostSystem.realTime())],
                launcher,
                path
            )
            throw problem
        }
        try remember(facts.json, launcher, path)
        return facts
    }

    private func recordPath(_ launcher: borrowing FoundLauncher, _ name: String) -> String {
        let key: JSONValue = [
            "name": .string(name),
            "path": .string(launcher.path),
            "fingerprint": .string(launcher.fingerprint),
            "kernel": .string(kernel),
            "user": .integer(Int64(user)),
        ]
        return "actions/probe/" + Digest.of(key.canonical()).hex
    }

    /// Nothing is remembered by who has no lease, and so only reads.
    private func remember(_ value: JSONValue, _ launcher: borrowing FoundLauncher, _ path: String) throws(StoreError) {
        guard store.lease != nil, launcher.isSettled else { return }
        try store.putRecord(value, at: path)
    }

    private func inspect(_ launcher: borrowing FoundLauncher, _ name: String) throws -> LauncherFacts {
        guard let questions = LauncherQuestions.of(name) else {
            throw LauncherProblem("no launcher is called \(Printable.escaped(name))")
        }
        let (version, said) = try version(of: launcher, questions)
        let about = try questions.featureQuestion.map { try answer(launcher, $0) }
        let content = try FileContent.read(launcher.path, limit: 256 << 20)
        return LauncherFacts(
            name: name,
            path: launcher.path,
            version: version,
            features: questions.features(said, about.flatMap { $0.isSuccess ? $0.text : nil }).sorted(),
            digest: Digest.of(content),
            fingerprint: launcher.fingerprint
        )
    }

    /// The version, and all that it says for `--version`.
    private func version(
        of launcher: borrowing FoundLauncher,
        _ questions: LauncherQuestions
    ) throws -> (version: String, said: String) {
        if let fixed = questions.fixedVersion { return (fixed, "") }
        let said = try answer(launcher, "--version")
        if said.isSuccess, let version = questions.version(in: said.text) { return (version, said.text) }
        let end = said.isSuccess ? "" : " and \(said.end)"
        throw LauncherProblem(
            "launcher \(launcher.path): --version printed no version of \(questions.product): "
                + Printable.escaped(String(said.text.prefix(60))) + end
        )
    }

    private func answer(_ launcher: borrowing FoundLauncher, _ question: String) throws -> LauncherAnswer {
        let end: ProbeEnd
        do throws(ProcessError) {
            end = try runProbe(
                executable: launcher.file.number,
                arguments: [launcher.path, question],
                environment: ["LC_ALL=C"],
                underWaiter: ProcessFeatures.hasWaiter
            )
        } catch {
            throw LauncherProblem("launcher \(launcher.path) can't be executed: \(error.message)")
        }
        switch end {
        case .ended(let end, let output, _): return LauncherAnswer(status: end.status, output: output)
        case .timedOut:
            let message = "launcher \(launcher.path) did not answer \(question) within 5 seconds"
            throw LauncherProblem(message, kind: .hung)
        case .flooded:
            throw LauncherProblem("launcher \(launcher.path) writes without end for \(question)", kind: .flooded)
        }
    }
}
