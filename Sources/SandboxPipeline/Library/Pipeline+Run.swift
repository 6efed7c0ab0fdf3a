extension Pipeline {
    /// Launches a plan and waits for its end.
    ///
    /// The calling thread waits; in asynchronous code the asynchronous method of this name is the one that is called.
    ///
    /// - Parameters:
    ///   - plan: A plan of this store.
    ///   - streams: Descriptors that the command's streams are joined to.
    /// - Returns: The run, however the command ended, also when it was not found or the sandbox could not be made.
    /// - Throws: ``SandboxError`` when there was nothing to launch: `missing` and `notPermitted` for the plan,
    ///   `launcherNotFound`, `failed`, as for a file for stdin that changed since it was planned.
    @discardableResult
    public func exec(_ plan: Plan, streams: SandboxStreams = .captured) throws(SandboxError) -> Run {
        try spawn(plan, streams: streams).wait()
    }

    /// Launches a plan and waits for its end without holding a thread.
    ///
    /// Cancelling the task ends the command as ``RunningSandbox/terminate(grace:)`` does; the run then says so.
    ///
    /// - Parameters:
    ///   - plan: A plan of this store.
    ///   - streams: Descriptors that the command's streams are joined to.
    /// - Returns: The run, however the command ended.
    /// - Throws: ``SandboxError`` when there was nothing to launch, as the method that waits.
    @discardableResult
    public func exec(_ plan: Plan, streams: SandboxStreams = .captured) async throws(SandboxError) -> Run {
        let sandbox = try spawn(plan, streams: streams)
        let result = await withTaskCancellationHandler {
            await sandbox.result()
        } onCancel: {
            sandbox.terminate()
        }
        return try result.get()
    }

    /// Launches a plan and returns when its launcher runs.
    ///
    /// - Parameters:
    ///   - plan: A plan of this store.
    ///   - streams: Descriptors that the command's streams are joined to.
    /// - Returns: The running sandbox, which ends with the last reference to it. Where the command was not found, or the
    ///   sandbox could not be made, it is over already, and `wait` gives the run that says
    ///   so.
    /// - Throws: ``SandboxError`` when there was nothing to launch, as `exec`.
    public func spawn(_ plan: Plan, streams: SandboxStreams = .captured) throws(SandboxError) -> RunningSandbox {
        try RunningSandbox(plan, streams, keepsFiles: false, self)
    }

    /// Launches a plan whose stdout and stderr also go to files of its own, which can be read while it runs and after it
    /// was killed.
    ///
    /// - Parameter plan: A plan of this store.
    /// - Returns: The running sandbox; ``RunningSandbox/outputFile`` and ``RunningSandbox/errorFile`` are its files, which
    ///   are deleted with the last reference to it.
    /// - Throws: ``SandboxError`` when there was nothing to launch, as `exec`.
    public func spawnCaptured(_ plan: Plan) throws(SandboxError) -> RunningSandbox {
        try RunningSandbox(plan, .captured, keepsFiles: true, self)
    }

    /// Launches a plan whose command has a terminal, for the caller to type on and to read.
    ///
    /// Nothing of it is captured. The terminal has 80 columns and 24 rows until ``RunningSandbox/resizeTerminal(columns:rows:)``.
    ///
    /// - Parameter plan: A plan of this store, of a specification with `tty`.
    /// - Returns: The running sandbox with its ``RunningSandbox/terminal``, process and bundle.
    /// - Throws: ``SandboxError`` when there was nothing to launch, as `exec`, and for a plan without a terminal.
    public func spawnInteractive(_ plan: Plan) throws(SandboxError) -> RunningSandbox {
        try RunningSandbox(plan, .captured, keepsFiles: false, takesTerminal: true, self)
    }
}
