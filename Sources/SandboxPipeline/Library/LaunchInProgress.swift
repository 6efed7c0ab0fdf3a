import PipelineContracts
import ArtifactStore
import ContentAddressing
import HostFiles
import HostProcess
import LaunchStage
import Logging
import Synchronization

/// What the thread of a launch and the program that launched share.
///
/// The thread makes everything, so that the launcher's parent outlives it, and holds nothing of it once it is over.
final class LaunchInProgress: Sendable {
    typealias Ending = Result<Run, SandboxError>

    let control = LaunchControl()

    private struct State {
        var processID: Int32?
        var files: CapturedFiles?
        /// The controlling side of the command's terminal.
        var terminal: Int32?
        var ending: Ending?
        var waiting: [@Sendable (Ending) -> Void] = []
    }

    private let state = Mutex(State())
    /// Open when the launcher runs, or all is over.
    private let started: Latch
    private let over: Latch

    var processID: Int32? { state.withLock { $0.processID } }
    var files: CapturedFiles? { state.withLock { $0.files } }
    var terminal: Int32? { state.withLock { $0.terminal } }

    static func newID() -> String { Digest.hexText(HostSystem.randomBytes(16)) }

    /// Launches, and returns when the launcher runs or when there will be none; with `takesTerminal`, when the command's
    /// terminal is there, or never will be.
    ///
    /// - Throws: What kept it from launching.
    init(
        _ plan: Plan,
        id: String,
        _ streams: SandboxStreams,
        keepsFiles: Bool,
        takesTerminal: Bool,
        _ pipeline: Pipeline
    ) throws {
        started = try Latch()
        over = try Latch()
        let held = HeldStreamsBox(try HeldStreams(streams))
        try HostThread.start { [self] in
            let ending: Ending
            do {
                ending = .success(try launch(plan, id, held, keepsFiles, takesTerminal, pipeline))
            } catch {
                ending = .failure(SandboxError(error, source: plan.name))
            }
            finish(ending)
        }
        started.wait()
        if case .failure(let error)? = state.withLock({ $0.ending }) { throw error }
    }

    private func launch(
        _ plan: Plan,
        _ id: String,
        _ streams: HeldStreamsBox,
        _ keepsFiles: Bool,
        _ takesTerminal: Bool,
        _ pipeline: Pipeline
    ) throws -> Run {
        let context = try pipeline.writing()
        let target = try LaunchTarget(plan, context)
        let logger = Self.logger(pipeline, plan, id)
        var caller = LaunchCaller()
        caller.ownsProcess = false
        (caller.standardInput, caller.standardOutput, caller.standardError) = streams.held.numbers()
        caller.control = control
        let archive = try PlanArchive(unpacking: try context.store.read(target.archive.digest))
        if takesTerminal {
            guard archive.description.terminal else {
                throw SandboxError("the plan has no terminal", hint: "say \"tty\": true in its specification")
            }
            caller.onTerminal = { [self] controller in
                state.withLock { $0.terminal = controller }
                started.open()
            }
        }
        if keepsFiles {
            let files = try CapturedFiles(in: context.store, limit: archive.description.capture.limit)
            state.withLock { $0.files = files }
            caller.onOutput = { files.append($0, $1) }
        }
        caller.onEvent = { [self] event in
            guard case .started(let launcher) = event else { return }
            logger.info("launched", metadata: ["process": "\(launcher)", "plan": "\(plan.digest)"])
            state.withLock { $0.processID = launcher }
            if !takesTerminal { started.open() }
        }
        let executed = try Executor(context, caller: caller) { logger.debug("\($0)") }.exec(target, id: id)
        for note in executed.notes { logger.warning("\(note)") }
        let run = Run(executed, plan: plan.digest)
        logger.info(
            "ended",
            metadata: [
                "exitCode": "\(run.exitCode)", "reason": "\(run.reason.rawValue)", "duration": "\(run.duration)",
            ]
        )
        return run
    }

    private static func logger(_ pipeline: Pipeline, _ plan: Plan, _ id: String) -> Logger {
        var logger = pipeline.logger
        logger[metadataKey: "run"] = "\(id)"
        logger[metadataKey: "name"] = "\(plan.name)"
        return logger
    }

    private func finish(_ ending: Ending) {
        control.detach()
        let waiting = state.withLock { state in
            state.ending = ending
            defer { state.waiting = [] }
            return state.waiting
        }
        started.open()
        over.open()
        for handler in waiting { handler(ending) }
    }

    /// Waits for the end; the calling thread waits.
    func result() -> Ending {
        over.wait()
        return state.withLock { $0.ending } ?? .failure(SandboxError("the launch is not over"))
    }

    /// Calls a handler once, with the end: at once when that has come.
    func whenOver(_ handler: @escaping @Sendable (Ending) -> Void) {
        let ending = state.withLock { state -> Ending? in
            if state.ending == nil { state.waiting.append(handler) }
            return state.ending
        }
        if let ending { handler(ending) }
    }

    /// Lets go of the files and the terminal, after the end.
    func letGo() {
        // The last reference deletes them, outside of the lock.
        let (_, terminal) = state.withLock { state in
            defer { (state.files, state.terminal) = (nil, nil) }
            return (state.files, state.terminal)
        }
        if let terminal { _ = OwnedDescriptor(adopting: terminal) }
    }
}

/// Streams that a thread takes along.
private final class HeldStreamsBox: Sendable {
    let held: HeldStreams

    init(_ held: consuming HeldStreams) { self.held = held }
}
