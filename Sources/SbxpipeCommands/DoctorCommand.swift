import ArgumentParser
import HostFiles
import HostProcess
import SandboxPipeline

/// `sbxpipe doctor`.
struct DoctorCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        _superCommandName: "sbxpipe",
        abstract: "Start every runtime for real, and name what keeps one from working and what to do.",
        discussion: """
            Each start has ten seconds. Nothing is left behind: the store is one below TMPDIR that is removed afterwards. \
            Exits 1 when none of the runtimes asked about works, or a probe succeeds that should not; direct, which is no \
            sandbox, counts only when it is named.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Flag(name: .long, help: "Run the probes of forbidden things inside, on each runtime that works.")
    var prove = false

    @Argument(
        help: ArgumentHelp("bwrap, runc, crun, runsc, direct; all of them unless named.", valueName: "runtime"),
        completion: .list(Doctor.runtimes)
    )
    var runtimes: [String] = []

    var job: DoctorJob { DoctorJob(global: global.flags(shortVerbose), proves: prove, runtimes: runtimes) }
}

/// What `sbxpipe doctor` was asked to do.
struct DoctorJob: ToolJob {
    var global = GlobalFlags()
    var proves = false
    var runtimes: [String] = []

    func perform(_ console: Console) throws -> Int32 {
        for name in runtimes where !Doctor.runtimes.contains(name) {
            throw UsageError(
                message: "doctor: there is no runtime \"\(Printable.escaped(name))\"",
                hint: "\(Doctor.runtimes.dropLast().joined(separator: ", ")) or \(Doctor.runtimes.last ?? "")"
            )
        }
        let asked = runtimes.isEmpty ? Doctor.runtimes : Doctor.runtimes.filter(runtimes.contains)
        let showsProgress = console.showsProgress
        let doctor = Doctor { if showsProgress { ProgressLine.step("sbxpipe: \($0) …") } }
        let report = try doctor.report(on: asked, proves: proves)
        ProgressLine.clear()
        if console.isJSON { console.write(report.json) } else { console.write(DoctorText(report, console).text) }
        let counted = runtimes.isEmpty ? Doctor.runtimes.filter { $0 != "direct" } : runtimes
        return report.isWell(counting: counted) ? 0 : 1
    }
}
