import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore
import ResolveStage
import Runtimes
import SandboxSpec

/// Starts one runtime for real, as any command is: planned, launched, waited for.
struct RuntimeTrial {
    private let context: PipelineContext
    private let host: DoctorHost
    private let progress: @Sendable (String) -> Void
    private let name: String
    private(set) var report: DoctorReport.Runtime
    private(set) var findings: [DoctorFinding] = []
    /// Whether its launcher was found, asked and started, and that failed.
    private(set) var failedAtStart = false

    /// Time limit of the start; that of each question to a launcher is the search's.
    private static let limit = Duration.seconds(10)
    /// What the command is to exit with: no launcher's own failure.
    private static let code: Int32 = 42

    init(_ name: String, _ context: PipelineContext, _ host: DoctorHost, progress: @escaping @Sendable (String) -> Void)
    {
        self.name = name
        self.context = context
        self.host = host
        self.progress = progress
        report = DoctorReport.Runtime(name)
    }

    /// Does it all; what goes wrong becomes a finding.
    mutating func run() {
        let started = HostSystem.monotonicTime()
        do {
            try look()
            try start()
        } catch let problem as LauncherProblem {
            add(problem)
        } catch {
            let problem = PipelineError(error, source: "")
            failedAtStart = true
            let id = problem.code == .notEnforced ? "control-missing" : "launcher-failed"
            add(id, .error, problem.message, remedy: problem.hint)
        }
        report.seconds = Double(HostSystem.monotonicTime() - started) / 1e9
        report.findings = findings.map(\.id)
    }

    private mutating func add(_ id: String, _ severity: DoctorFinding.Severity, _ cause: String, remedy: String? = nil)
    {
        findings.append(DoctorFinding(id, severity, of: name, cause, remedy: remedy))
    }

    /// Finds the launcher and asks it what it is.
    private mutating func look() throws {
        progress("\(name): looking for it")
        let launcher = try context.launchers.find(name, identity: context.identity)
        report.path = launcher.path
        if name == "bwrap", launcher.status.permissions & 0o4000 != 0 {
            add(
                "bwrap-setuid",
                .warning,
                "\(launcher.path) is setuid root, in which mode bubblewrap refuses some of its options",
                remedy: "where users may make user namespaces, as root: chmod u-s \(launcher.path)"
            )
        }
        let kernel = HostSystem.kernel().release
        let inspection = LauncherInspection(store: context.store, kernel: kernel, user: context.identity.user)
        let facts = try inspection.facts(of: launcher, name: name)
        report.version = facts.version
        guard name == "runsc" else { return }
        progress("runsc: starting a container on each platform")
        let probe = GVisorProbe(
            store: context.store,
            kernel: kernel,
            user: context.identity.user,
            isRoot: context.identity.isRoot
        )
        try judge(try probe.platform(of: launcher, facts: facts), launcher.path)
    }

    private mutating func judge(_ answer: GVisorPlatform, _ path: String) throws {
        report.platform = answer.platform
        guard let platform = answer.platform else {
            failedAtStart = true
            let tried = answer.evidence.map { "\($0.platform) \($0.outcome.rawValue): \($0.message)" }
            throw LauncherProblem(
                "gVisor runs on no platform here: " + tried.joined(separator: "; "),
                hint:
                    "a newer runsc may know one; where ptrace is forbidden (sysctl kernel.yama.ptrace_scope, an outer "
                    + "seccomp filter), allow it"
            )
        }
        for entry in answer.evidence where entry.outcome != .works {
            let cause = "\(path): platform \(entry.platform) is \(entry.outcome.rawValue) (\(entry.message))"
            add(
                "gvisor-\(entry.platform)-\(entry.outcome.rawValue)",
                entry.outcome == .unknown ? .note : .warning,
                cause + ", so \(platform) is used, which may be slower",
                remedy: entry.outcome == .unknown ? "a newer runsc has it" : nil
            )
        }
    }

    private mutating func start() throws {
        progress("\(name): planning")
        let json: JSONValue = [
            "command": ["/bin/sh", "-c", .string("exit \(Self.code)")],
            "runtime": .string(name),
            "capture": ["limit": "64K"],
        ]
        let spec = try SpecText.spec(from: json, source: "doctor", name: "doctor-\(name)")
        let source = SpecSource(spec: spec, label: "doctor", file: nil, base: "/")
        let planned = try Planner(context, PlanOptions()).plan(source)
        if case .container(let facts) = planned.runtime, facts.reaper == nil {
            add(
                "init-missing",
                .warning,
                "there is neither tini-static nor catatonit: the command itself is PID 1, which ignores signals that it has "
                    + "no handler for",
                remedy: "install Debian's package tini"
            )
        }
        progress("\(name): starting a command")
        judge(try LimitedLaunch(planned, of: source, within: Self.limit, context))
    }

    private mutating func judge(_ launch: LimitedLaunch) {
        let record = launch.record
        if record.exitCode == Self.code, record.reason == .exited {
            report.works = true
            return
        }
        failedAtStart = true
        if launch.isTimedOut {
            add(
                "launcher-hung",
                .error,
                "\(name) did not run a command to its end within 10 seconds",
                remedy: "see what it waits for: sbxpipe run --runtime \(name) -v -- true"
            )
        } else {
            let end = "the command's exit code was \(record.exitCode) in place of \(Self.code)"
            add("launcher-failed", .error, record.failure?.message ?? end, remedy: record.failure?.hint)
        }
    }

    private mutating func add(_ problem: LauncherProblem) {
        switch problem.kind {
        case .missing:
            guard let folder = host.folder(of: name, besides: DoctorHost.systemFolders) else {
                return add("launcher-missing", .error, problem.message, remedy: problem.hint)
            }
            let path = AbsolutePath.join(folder, name)
            add(
                "launcher-not-on-path",
                .error,
                "\(name) is in \(folder), which is not on PATH",
                remedy: "add the folder to PATH, or say \(LauncherSearch.variable(name))=\(path)"
            )
        case .unsafe: add("launcher-unsafe", .error, problem.message, remedy: problem.hint)
        case .hung: add("launcher-hung", .error, problem.message, remedy: problem.hint)
        case .flooded: add("launcher-flooded", .error, problem.message, remedy: problem.hint)
        case .unusable where name == "runsc" && report.version != nil:
            add("gvisor-platform-missing", .error, problem.message, remedy: problem.hint)
        case .unusable: add("launcher-failed", .error, problem.message, remedy: problem.hint)
        }
    }
}
