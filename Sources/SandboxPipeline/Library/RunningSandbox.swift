import LaunchStage
import HostFiles
import HostProcess

/// A launch under way: its processes, and all that they need.
///
/// It holds the sandbox's processes, the lease that keeps garbage collection from its plan, its temporary folders and, for
/// ``Pipeline/spawnCaptured(_:)``, its files. With the last reference, or ``release()``, all of that goes. The processes go
/// too when this program ends, however it ends: a small process between the two sees to it.
///
/// It may be used from any number of threads at once.
public final class RunningSandbox: Sendable {
    /// The run's id, by which the tool's `ls` and `stop` know it too.
    public let id: String
    /// What was launched.
    public let plan: Plan
    private let launch: LaunchInProgress

    init(_ plan: Plan, _ streams: SandboxStreams, keepsFiles: Bool, takesTerminal: Bool = false, _ pipeline: Pipeline)
        throws(SandboxError)
    {
        self.plan = plan
        id = LaunchInProgress.newID()
        do {
            launch = try LaunchInProgress(
                plan,
                id: id,
                streams,
                keepsFiles: keepsFiles,
                takesTerminal: takesTerminal,
                pipeline
            )
        } catch {
            throw SandboxError(error, source: plan.name)
        }
    }

    deinit { release() }

    /// The process of the launcher, which leads a session of its own; with the runtime `direct`, that of the command.
    ///
    /// Nil when nothing was started. Once it has ended the number may be another's, so use ``send(signal:)``.
    public var processID: Int32? { launch.processID }

    /// The file that has what the command wrote to stdout so far, at most the specification's `capture.limit` of it;
    /// with captures that are combined, stderr as well.
    ///
    /// Nil unless made by ``Pipeline/spawnCaptured(_:)``, and after ``release()``.
    public var outputFile: String? { launch.files?.output }

    /// The same for stderr.
    public var errorFile: String? { launch.files?.error }

    /// The controlling side of the command's terminal: what is written to it is typed, what is read from it is shown.
    ///
    /// Nil unless made by ``Pipeline/spawnInteractive(_:)``, and after ``release()``, which closes it. Reading gives EIO
    /// once no process has the terminal any more.
    public var terminal: Int32? { launch.terminal }

    /// Gives the command's terminal a size in characters; the command gets SIGWINCH when it changed.
    ///
    /// - Throws: ``SandboxError`` when there is no terminal.
    public func resizeTerminal(columns: UInt16, rows: UInt16) throws(SandboxError) {
        guard let terminal else { throw SandboxError("the sandbox has no terminal") }
        do throws(ProcessError) {
            try TerminalSize(columns: columns, rows: rows).set(on: terminal)
        } catch {
            throw SandboxError(error, source: plan.name)
        }
    }

    /// Sends a signal to the command itself, which is not the process of ``processID``.
    ///
    /// - Parameter signal: A signal's number. One that comes before the command runs is sent as soon as it does.
    /// - Returns: False when the launch is over.
    @discardableResult
    public func send(signal: Int32) -> Bool { launch.control.send(signal: signal) }

    /// Asks the command to end, by TERM, and ends all of the sandbox when it has not after a time.
    ///
    /// Returns at once.
    ///
    /// - Parameter grace: How long the command has.
    public func terminate(grace: Duration = .seconds(5)) { launch.control.terminate(grace: grace) }

    /// Waits for the end, until all processes are gone and what they left is kept in the store.
    ///
    /// The calling thread waits.
    ///
    /// - Returns: The run, the same each time.
    /// - Throws: ``SandboxError`` with `failed` when the launch broke off.
    @discardableResult
    public func wait() throws(SandboxError) -> Run { try launch.result().get() }

    /// Waits for the end without holding a thread.
    ///
    /// Cancelling the task does not end the wait, nor the command.
    ///
    /// - Returns: The run, the same each time.
    /// - Throws: ``SandboxError`` with `failed` when the launch broke off.
    @discardableResult
    public func wait() async throws(SandboxError) -> Run { try await result().get() }

    /// Ends all of the sandbox at once, if it still runs, and lets go of all that it held: when this returns, no
    /// process of it is left, and its files are deleted.
    ///
    /// The run is kept in the store as one that was killed.
    ///
    /// Doing it again is free of effect. The calling thread waits for some milliseconds.
    public func release() {
        launch.control.kill()
        _ = launch.result()
        launch.letGo()
    }

    func result() async -> Result<Run, SandboxError> {
        await withCheckedContinuation { continuation in launch.whenOver { continuation.resume(returning: $0) } }
    }
}
