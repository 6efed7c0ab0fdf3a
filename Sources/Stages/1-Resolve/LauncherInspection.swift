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
                throw LauncherProblem(problem)
            }
        }
        let facts: LauncherFacts
        do {
            facts = try inspect(launcher, name)
        } catch let problem as LauncherProblem where problem.message.contains("did not answer") {
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

    /// A file that changed in the last two seconds may change again with the same times: it is not remembered.
    ///
    /// Nor is anything by who has no lease, and so only reads.
    private func remember(_ value: JSONValue, _ launcher: borrowing FoundLauncher, _ path: String) throws(StoreError) {
        guard store.lease != nil, HostSystem.realTime() - launcher.status.changed > 2_000_000_000 else { return }
        try store.putRecord(value, at: path)
    }

    private func inspect(_ launcher: borrowing FoundLauncher, _ name: String) throws -> LauncherFacts {
        let output = try answer(launcher, "--version")
        let words = output.split(whereSeparator: \.isWhitespace)
        guard let version = words.last, version.first?.isNumber == true, output.contains("bubblewrap") else {
            throw LauncherProblem(
                "launcher \(launcher.path): --version printed no version of bubblewrap: "
                    + "\(Printable.escaped(String(output.prefix(60))))"
            )
        }
        let help = try answer(launcher, "--help")
        let options = help.split { !$0.isLowercase && $0 != "-" && !$0.isNumber }
            .filter { $0.hasPrefix("--") && $0.count > 2 }
        let content = try FileContent.read(launcher.path, limit: 256 << 20)
        return LauncherFacts(
            name: name,
            path: launcher.path,
            version: String(version),
            features: Set(options.map(String.init)).sorted(),
            digest: Digest.of(content),
            fingerprint: launcher.fingerprint
        )
    }

    private func answer(_ launcher: borrowing FoundLauncher, _ option: String) throws -> String {
        let end: ProbeEnd
        do throws(ProcessError) {
            end = try runProbe(
                executable: launcher.file.number,
                arguments: [launcher.path, option],
                environment: ["LC_ALL=C"],
                underWaiter: ProcessFeatures.hasWaiter
            )
        } catch {
            throw LauncherProblem("launcher \(launcher.path) can't be executed: \(error.message)")
        }
        switch end {
        case .ended(_, let output, _): return String(decoding: output, as: UTF8.self)
        case .timedOut: throw LauncherProblem("launcher \(launcher.path) did not answer \(option) within 5 seconds")
        case .flooded: throw LauncherProblem("launcher \(launcher.path) writes without end for \(option)")
        }
    }
}
