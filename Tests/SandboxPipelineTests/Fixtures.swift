import HostFiles
import HostProcess
import JSONText
import SandboxPipeline
import TestSupport
import Testing

extension Tag {
    @Tag static var medium: Self
    @Tag static var large: Self
}

/// A program's folders, and its pipeline with a store of its own and an environment that is not the test's.
final class Program: Sendable {
    let folder: TemporaryFolder
    let pipeline: Pipeline
    let environment: [String: String]

    var work: String { folder("work") }

    init(_ purpose: String = "library", path: String = "/usr/local/bin:/usr/bin:/bin") throws {
        folder = try TemporaryFolder(purpose)
        try folder.folder("home")
        try folder.folder("work")
        environment = Self.environment(home: folder("home"), path: path)
        pipeline = try Pipeline(store: folder("store"), environment: environment)
    }

    static func environment(home: String, path: String = "/usr/local/bin:/usr/bin:/bin") -> [String: String] {
        [
            "PATH": path, "HOME": home, "LANG": "C.UTF-8", "XDG_STATE_HOME": home + "/state",
            "XDG_CACHE_HOME": home + "/cache",
        ]
    }

    /// A plan of a shell's script that may write the work folder, where it starts.
    func plan(_ script: String, named name: String? = nil) throws -> Plan {
        try pipeline.plan(
            SandboxSpecification(
                command: ["sh", "-c", script],
                workingFolder: "/work",
                binds: [.init(work, at: "/work", isWritable: true)],
                name: name
            )
        )
    }

    /// Runs a shell's script under a policy, in the work folder.
    func run(_ script: String, under policy: SandboxPolicy) throws -> (run: Run, output: String, errors: String) {
        let specification = try policy.specification(
            for: ["sh", "-c", script],
            workingFolder: policy.allowWrite.isEmpty ? "/" : work,
            folder: work
        )
        return try read(pipeline.exec(try pipeline.plan(specification)))
    }

    /// A run with its captures.
    func read(_ run: Run) throws -> (run: Run, output: String, errors: String) {
        let files = try pipeline.inspect(run)
        return (run, try text(files, "stdout"), try text(files, "stderr"))
    }

    func json(of run: Run, _ path: String) throws -> JSONValue { try json(at: run.id, path) }

    func json(at reference: String, _ path: String) throws -> JSONValue {
        try JSONParser.parse(try pipeline.inspect(reference).bytes(path))
    }

    private func text(_ files: Inspection, _ name: String) throws -> String {
        String(decoding: try files.bytes("collect/\(name)"), as: UTF8.self)
    }
}

/// Waits for something that another process does, ten seconds at most.
func eventually(_ isSo: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<1000 {
        if try isSo() { return true }
        HostSystem.sleep(milliseconds: 10)
    }
    return false
}

/// Whether a process is there, dead ones that nobody has reaped left out.
func isRunning(_ processID: Int32) -> Bool {
    ProcessTable.stat(of: processID).map { !$0.hasEnded } ?? false
}

/// A process and all that are below it.
func family(of processID: Int32) -> [Int32] { [processID] + ProcessTable.children(of: processID).flatMap(family) }
