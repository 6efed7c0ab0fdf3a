import PipelineContracts
import ContentAddressing
import ArgumentParser
import HostFiles
import JSONText
import SandboxPipeline

/// `sbxpipe logs`.
struct LogsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        _superCommandName: "sbxpipe",
        abstract: "Print what a run's command wrote, each stream to its own."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Flag(name: .long, help: "Only stdout.")
    var stdout = false

    @Flag(name: .long, help: "Only stderr.")
    var stderr = false

    @Argument(help: ArgumentHelp("A run: last, a name, a digest.", valueName: "run"))
    var run: String = "last"

    var job: LogsJob {
        LogsJob(
            global: global.flags(shortVerbose),
            stdout: stdout,
            stderr: stderr,
            run: run
        )
    }
}

/// What `sbxpipe logs` was asked to do.
struct LogsJob: ToolJob {
    var global = GlobalFlags()
    var stdout: Bool
    var stderr: Bool
    var run: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        let inspection = try Inspection(try ReferenceSearch(context).find(run, prefersPlan: false), context)
        guard inspection.kind == .run else {
            throw PipelineError("\(run) is a plan; logs takes a run", hint: "sbxpipe exec \(run) makes one")
        }
        let files = try inspection.stage("collect").files
        let wanted = stdout == stderr ? ["stdout", "stderr"] : stdout ? ["stdout"] : ["stderr"]
        if files["combined"] != nil {
            guard stdout == stderr else {
                throw PipelineError("the run has one combined stream", hint: "sbxpipe logs \(run) prints it")
            }
            try copy("combined", to: 1, inspection)
        } else if wanted.count == 2, try inOrder(inspection, files["stdout"]?.size, files["stderr"]?.size) {
            return 0
        } else {
            for name in wanted where files[name] != nil { try copy(name, to: name == "stderr" ? 2 : 1, inspection) }
        }
        return 0
    }

    private func copy(_ name: String, to descriptor: Int32, _ inspection: Inspection) throws {
        try inspection.stream("6-collect/\(name)") { try FileContent.write($0, to: descriptor, path: name) }
    }

    /// Interleaves both streams as their chunks arrived; false where not all of them was kept, or they are large.
    private func inOrder(_ inspection: Inspection, _ out: Int64?, _ error: Int64?) throws -> Bool {
        guard let out, let error, out > 0, error > 0, out + error < 32 << 20 else { return false }
        let streams = [
            "stdout": try inspection.bytes("6-collect/stdout"), "stderr": try inspection.bytes("6-collect/stderr"),
        ]
        let frames = try inspection.bytes("6-collect/frames.jsonl").split(separator: 0x0A).map { line in
            try JSONParser.parse(Array(line))
        }
        var chunks: [(ArraySlice<UInt8>, Int32)] = []
        for frame in frames {
            let name = try frame.string("stream")
            let start = Int(try frame.integer("offset"))
            let end = start + Int(try frame.integer("length"))
            guard let bytes = streams[name], start >= 0, start <= end, end <= bytes.count else { return false }
            chunks.append((bytes[start..<end], name == "stderr" ? 2 : 1))
        }
        for (chunk, descriptor) in chunks { try FileContent.write(Array(chunk), to: descriptor, path: "the logs") }
        return true
    }
}
