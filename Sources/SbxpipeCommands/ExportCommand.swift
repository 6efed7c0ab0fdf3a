import ArgumentParser
import HostFiles
import HostProcess
import PipelineContracts
import Runtimes
import SandboxPipeline
import SandboxSpec
import TarArchive

/// `sbxpipe export`.
struct ExportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        _superCommandName: "sbxpipe",
        abstract: "Write a plan or run into one file, or as a folder that plain runc and crun run.",
        discussion: """
            sbxpipe export REF -o FILE writes a plan or a run into one file: an image of the OCI image specification in a \
            tar, which sbxpipe import, podman load, skopeo and umoci take. It is the same to the byte wherever it is \
            written, and no secret is in it: a run whose captures hold the value of one is refused.

            sbxpipe export REF --as runc DIR binds the spec of REF to this host for runc and writes config.json and what \
            belongs to it into DIR, which must not be there yet. Its mounts are this host's own files: the folder is for \
            this machine. `runc run --bundle DIR NAME` runs it. Values of secrets are not in it: what to fill in is said.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose
    @OptionGroup var planning: PlanningOptions

    @Option(name: .customLong("as"), help: ArgumentHelp("What to write: runc.", valueName: "format"))
    var format: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the bundle file, FILE.sbx.", valueName: "file"),
        completion: .file(extensions: ["sbx"])
    )
    var output: String?

    @Option(
        name: .long,
        help: ArgumentHelp("With -o: compress layers, by none, gzip or zstd (none).", valueName: "kind"),
        completion: .list(["none", "gzip", "zstd"])
    )
    var compress: String?

    @Flag(name: .long, help: "With -o: write captures in which a secret's value was found, too.")
    var allowSecrets = false

    @Argument(help: ArgumentHelp("A spec, a plan or a run.", valueName: "ref"), completion: .file())
    var reference: String

    @Argument(help: ArgumentHelp("The folder to make.", valueName: "dir"), completion: .directory)
    var folder: String?

    var job: ExportJob {
        ExportJob(
            global: global.flags(shortVerbose),
            planning: planning.flags,
            format: format,
            output: output,
            compress: compress,
            allowSecrets: allowSecrets,
            reference: reference,
            folder: folder
        )
    }
}

/// What `sbxpipe export` was asked to do.
struct ExportJob: ToolJob {
    var global = GlobalFlags()
    var planning = PlanningFlags()
    var format: String?
    var output: String?
    var compress: String?
    var allowSecrets = false
    var reference: String
    var folder: String?

    func perform(_ console: Console) throws -> Int32 {
        try planning.refuseUnsupported()
        if let output { return try writeBundle(to: output, console) }
        guard compress == nil, !allowSecrets else {
            throw UsageError(message: "--compress and --allow-secrets go with -o FILE")
        }
        guard let format, let folder else {
            throw UsageError(
                message: "export takes -o FILE, or --as runc and a folder",
                hint: "sbxpipe export REF -o FILE.sbx"
            )
        }
        guard format == "runc" else {
            throw UsageError(
                message: "--as: there is no format \"\(Printable.escaped(format))\"",
                hint: "there is runc"
            )
        }
        if let runtime = planning.runtime, runtime != "runc" {
            throw UsageError(message: "--runtime: a folder for runc is bound to runtime \"runc\"")
        }
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let place = AbsolutePath.normalised(
            AbsolutePath.isAbsolute(folder) ? folder : AbsolutePath.join(context.workingFolder, folder)
        )
        guard try FileStatus.of(place) == nil else {
            throw PipelineError(
                "\(Printable.escaped(folder)) is there already",
                hint: "name a folder that is to be made"
            )
        }
        var planning = planning
        planning.runtime = "runc"
        let (planned, source) = try PlanTarget(context, planning, console).plan(reference)
        ProgressLine.clear()
        let lacking = try Executor(context).writeBundle(of: LaunchTarget(planned, source: source), to: place)
        for note in lacking { console.note(note) }
        console.detail("\(place) is a bundle of plan \(planned.report.plan)")
        return 0
    }

    private func writeBundle(to path: String, _ console: Console) throws -> Int32 {
        guard format == nil, folder == nil else { throw UsageError(message: "-o FILE goes without --as and a folder") }
        guard planning.shared.isEmpty else {
            throw UsageError(
                message: "-o: a plan or run is written as it is",
                hint: "sbxpipe plan REF -o FILE takes flags"
            )
        }
        var options = BundleExport.Options()
        options.allowsSecrets = allowSecrets
        options.compression = try BundleFlags.compression(compress)
        let context = try PipelineContext(storeNamed: global.store).writing(durably: planning.durable)
        for note in context.notes { console.note(note) }
        let found = try ReferenceSearch(context).find(reference, prefersPlan: false)
        try BundleExport(found, context).write(to: path, options)
        console.detail("\(path) is written")
        return 0
    }
}

/// Flags about bundles.
enum BundleFlags {
    /// What `--compress` says.
    static func compression(_ word: String?) throws -> Compression {
        guard let word else { return .none }
        guard let compression = Compression(rawValue: word) else {
            let known = Compression.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(
                message: "--compress: there is no \"\(Printable.escaped(word))\"",
                hint: "there are \(known)"
            )
        }
        return compression
    }
}
