import HostFiles
import HostProcess
import Runtimes

/// skopeo, a helper of the host: found on PATH, or where SBXPIPE_SKOPEO says, and not used when others may change it.
struct Skopeo {
    private let environment: [String: String]
    private let path: String
    private let identity: HostIdentity

    /// - Throws: ``LauncherProblem`` where there is none.
    init(_ context: PipelineContext) throws {
        environment = context.environment
        identity = context.identity
        path = try LauncherSearch.find("skopeo", environment: environment, identity: identity).path
    }

    /// Bytes of what it says that are kept.
    private static let keptBytes = 16 << 10

    /// Copies an image, with its digests as they are.
    ///
    /// - Throws: ``PipelineError`` with the last line that it wrote.
    func copy(_ source: String, to target: String, in folder: String) throws {
        let program = try LauncherSearch.open(path, of: "skopeo", by: "skopeo", identity: identity)
        let pipe = try makePipe()
        var writeEnd: Int32? = pipe.write
        defer { if let writeEnd { _ = OwnedDescriptor(adopting: writeEnd) } }
        let loop = EventLoop()
        defer { loop.close() }
        let said = Words()
        try unsafe loop.addStream(
            pipe.read,
            onBytes: { chunk in unsafe said.bytes.append(contentsOf: chunk.prefix(Self.keptBytes - said.bytes.count)) }
        )
        let child = try spawn(
            SpawnRequest(
                executable: program.file.number,
                arguments: ["skopeo", "copy", "--quiet", "--preserve-digests", source, target],
                environment: environment.map { "\($0.key)=\($0.value)" },
                descriptors: [.null(child: 0), .null(child: 1), .init(child: 2, parent: pipe.write)],
                workingDirectory: folder,
                killOnParentDeath: true
            )
        )
        _ = OwnedDescriptor(adopting: pipe.write)
        writeEnd = nil
        try loop.watch(child) { said.end = $0 }
        _ = try loop.run(drainLimit: .seconds(1))
        guard case .exited(0)? = said.end?.status else {
            throw PipelineError(
                "skopeo: \(said.message)",
                hint: "whom to trust and how to log in is skopeo's own to say"
            )
        }
    }

    private final class Words {
        var bytes: [UInt8] = []
        var end: ChildEnd?

        /// The last line, of which what its logger puts around it is left out.
        var message: String {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            guard let last = lines.last else { return "it said nothing" }
            let parts = last.split(separator: " msg=\"", maxSplits: 1)
            guard parts.count == 2 else { return String(last) }
            let text = parts[1].hasSuffix("\"") ? parts[1].dropLast() : parts[1]
            return text.split(separator: "\\\"", omittingEmptySubsequences: false).joined(separator: "\"")
        }
    }
}
