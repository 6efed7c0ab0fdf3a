package import ArtifactStore
import ContentAddressing
import HostFiles
import HostProcess
import JSONText
package import PipelineContracts
package import Runtimes

/// Finds the platform that gVisor works on here, by starting a container on each, and remembers the answer.
package struct GVisorProbe {
    private let store: Store
    private let kernel: String
    private let user: UInt32
    private let isRoot: Bool
    private let timeLimit: Duration

    /// `timeLimit` is that of each start; an ordinary user's containers are started with `--rootless`.
    package init(
        store: Store,
        kernel: String,
        user: UInt32,
        isRoot: Bool,
        timeLimit: Duration = .seconds(10)
    ) {
        self.store = store
        self.kernel = kernel
        self.user = user
        self.isRoot = isRoot
        self.timeLimit = timeLimit
    }

    /// The order in which they are tried; never kvm, which hangs where the host's can't be nested.
    private static let platforms = ["systrap", "ptrace"]
    /// Changes with what is started and how it is judged.
    private static let version: Int64 = 1
    private static let day: Int64 = 86_400 * 1_000_000_000

    /// What is known of the launcher's platforms, found out where it is not; that none works is believed for a day.
    ///
    /// Nothing is left of a probe: no process, no mount, no file. Without a lease the answer is not remembered.
    ///
    /// - Throws: ``LauncherProblem`` when the launcher can't be executed, or is not the one of `facts`; ``StoreError``.
    package func platform(of launcher: borrowing FoundLauncher, facts: LauncherFacts) throws -> GVisorPlatform {
        guard launcher.fingerprint == facts.fingerprint else {
            throw LauncherProblem("launcher \(launcher.path) changed while it was looked at")
        }
        let path = recordPath(facts)
        if let known = try remembered(at: path) { return known }
        let answer = try probe(launcher)
        if store.lease != nil, launcher.isSettled {
            let time = JSONValue.integer(HostSystem.realTime())
            try store.putRecord(["answer": answer.json, "time": time], at: path)
        }
        return answer
    }

    private func recordPath(_ facts: LauncherFacts) -> String {
        let key: JSONValue = [
            "probe": "gvisor-platform",
            "version": .integer(Self.version),
            "launcher": .string(facts.digest.description),
            "kernel": .string(kernel),
            "user": .integer(Int64(user)),
        ]
        return "actions/probe/" + Digest.of(key.canonical()).hex
    }

    private func remembered(at path: String) throws(StoreError) -> GVisorPlatform? {
        guard let (value, isTrusted) = try store.record(at: path), isTrusted, let json = value["answer"],
            let answer = try? GVisorPlatform(json), let time = value["time"]?.integerValue
        else { return nil }
        if answer.platform == nil, !(0..<Self.day).contains(HostSystem.realTime() - time) { return nil }
        return answer
    }

    private func probe(_ launcher: borrowing FoundLauncher) throws -> GVisorPlatform {
        let folder = store.temporaryPath("probe")
        defer { try? Folder.removeTree(folder) }
        let bundle: GVisorBundle
        do { bundle = try GVisorBundle(at: folder) } catch { throw StoreError("make the folder of a probe", error) }
        var evidence: [GVisorPlatform.Evidence] = []
        for platform in Self.platforms {
            evidence.append(try start(launcher, bundle, platform))
            if evidence.last?.outcome == .works { break }
        }
        return GVisorPlatform(evidence: evidence)
    }

    private func start(
        _ launcher: borrowing FoundLauncher,
        _ bundle: GVisorBundle,
        _ platform: String
    ) throws(LauncherProblem) -> GVisorPlatform.Evidence {
        let id = "sbxpipe-probe-" + Digest.hexText(HostSystem.randomBytes(8))
        let options =
            ["--root", bundle.path + "/state", "--platform=" + platform, "--network=none", "--ignore-cgroups"]
            + (isRoot ? [] : ["--rootless"])
        let end = try run(launcher, options + ["run", "--bundle", bundle.path, id], bundle, within: timeLimit)
        func found(_ outcome: GVisorPlatform.Outcome, _ message: String) -> GVisorPlatform.Evidence {
            GVisorPlatform.Evidence(platform: platform, outcome: outcome, message: message)
        }
        if case .ended(let end, let output, _) = end {
            if end.status == .exited(GVisorBundle.exitCode) { return found(.works, "") }
            let answer = LauncherAnswer(status: end.status, output: output)
            let isUnknown = answer.text.contains("unknown platform")
            return found(isUnknown ? .unknown : .failed, answer.firstLine ?? answer.end)
        }
        // Its processes are gone already: what is left is what the launcher wrote down or mounted.
        _ = try? run(launcher, options + ["delete", "--force", id], bundle, within: min(timeLimit, .seconds(5)))
        return end == .flooded
            ? found(.failed, "writes without end") : found(.hung, "did not end within \(timeLimit)")
    }

    private func run(
        _ launcher: borrowing FoundLauncher,
        _ arguments: [String],
        _ bundle: GVisorBundle,
        within limit: Duration
    ) throws(LauncherProblem) -> ProbeEnd {
        do throws(ProcessError) {
            return try runProbe(
                executable: launcher.file.number,
                arguments: [launcher.path] + arguments,
                environment: ["PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=" + bundle.path],
                limits: ProbeLimits(time: limit),
                underWaiter: ProcessFeatures.hasWaiter
            )
        } catch {
            throw LauncherProblem("launcher \(launcher.path) can't be executed: \(error.message)")
        }
    }
}
