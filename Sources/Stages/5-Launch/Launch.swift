import HostFiles
import HostProcess
import JSONText
import PipelineContracts
import Runtimes
import Secrets

/// Stage 5: runs the plan's command once.
///
/// Whatever happens gives a record: a failure before the launcher starts is one of `sbxpipe`, a missing command one of
/// `command`. Nothing in it waits without a limit but the command itself.
package struct Launch {
    private let request: LaunchRequest
    private let startedMonotonic = HostSystem.monotonicTime()

    package init(_ request: LaunchRequest) { self.request = request }

    package func run() -> LaunchResult {
        var record = LaunchRecord(started: HostSystem.timestamp(request.started), finished: "")
        record.plan = request.plan
        record.runtime = Self.runtime(request, found: nil)
        record.enforcement = request.archive.enforcement.controls
        record.secretSlots = request.archive.description.secrets.map { "secrets.\($0.name)" }
        var privateFolder: PrivateFolder?
        defer { privateFolder?.remove() }
        let prepared: PreparedLaunch
        do {
            if request.needsPrivateFolder { privateFolder = try makePrivateFolder() }
            prepared = try PreparedLaunch(request, makeFolders: true, privateFolder: privateFolder?.path)
        } catch {
            return failed(&record, error)
        }
        record.argv = prepared.command.arguments
        for slot in prepared.slots { record.slots[slot.name] = .strings(slot.values) }
        let description = request.archive.description
        let search = CommandSearch(
            tree: prepared.tree,
            workdir: description.workdir,
            isSandbox: prepared.command.isLauncher
        )
        let found: FoundCommand?
        switch search.find(description.command.first ?? "", environment: request.environment) {
        case .runs(let command): found = command
        case .fails(let code, let message):
            record.exitCode = code
            record.failure = .init(domain: .command, message: message, hint: nil)
            return result(&record, prepared, session: nil)
        }
        record.runtime = Self.runtime(request, found: found)
        do {
            let session = LaunchSession(request, prepared, found, startedAt: startedMonotonic)
            try session.run()
            session.fill(&record)
            return result(&record, prepared, session: session)
        } catch {
            return failed(&record, error, prepared)
        }
    }

    /// Told of before it is there, so that it is found when this process is killed.
    private func makePrivateFolder() throws -> PrivateFolder {
        let folder = try PrivateFolder(request.archive.binding.secrets, request.host)
        request.onEvent(.privateFolder(folder.path))
        try folder.make()
        return folder
    }

    private func failed(_ record: inout LaunchRecord, _ error: any Error, _ prepared: PreparedLaunch? = nil)
        -> LaunchResult
    {
        let hint: String? =
            switch error {
            case let error as LaunchError: error.hint
            case let error as MountProblem: error.hint
            case let error as ProcessError where error.isOutOfDescriptors:
                "a launch needs about 20 descriptors: raise the limit, as with ulimit -n 256"
            default: nil
            }
        record.exitCode = 125
        record.reason = .failed
        var domain = LaunchRecord.Failure.Domain.sbxpipe
        if let error = error as? ProcessError, error.code == .executionFailed {
            domain = prepared?.command.isLauncher == false ? .command : .launcher
            if domain == .command { record.exitCode = DirectEnd.exitCode(for: error) }
        }
        record.failure = .init(
            domain: domain,
            message: (error is ProcessError ? "launch: " : "") + "\(error)",
            hint: hint
        )
        return result(&record, prepared, session: nil)
    }

    private static func runtime(_ request: LaunchRequest, found: FoundCommand?) -> LaunchRecord.Runtime {
        if let launcher = request.runtime.launcher { return .init(launcher, platform: request.runtime.platform) }
        return .direct(kernel: HostSystem.kernel().release, path: found?.program)
    }

    private func result(
        _ record: inout LaunchRecord,
        _ prepared: PreparedLaunch?,
        session: LaunchSession?
    ) -> LaunchResult {
        let finished = HostSystem.monotonicTime()
        record.wall = Double(finished - startedMonotonic) / 1e9
        record.finished = HostSystem.timestamp(request.started + finished - startedMonotonic)
        record.redact(request.secrets)
        let capture = request.archive.description.capture
        return LaunchResult(
            record: record,
            streams: session?.streams.captures ?? Self.emptyStreams(capture, request),
            frames: session?.streams.frames ?? (capture.mode == .none ? nil : FrameLog(store: request.store)),
            cast: session?.streams.cast,
            tree: prepared?.tree,
            outputSources: prepared?.outputSources ?? [:],
            lostStreams: session?.streams.failures ?? [:],
            temporaryFolder: prepared?.temporaryFolder,
            search: session?.streams.search ?? SecretSearch(request.secrets)
        )
    }

    static func emptyStreams(_ rule: CaptureRule, _ request: LaunchRequest) -> [StreamCapture] {
        let names: [String] =
            switch rule.mode {
            case .separate: ["stdout", "stderr"]
            case .combined: ["combined"]
            case .none: []
            }
        return names.map { StreamCapture($0, limit: rule.limit, store: request.store) }
    }
}
