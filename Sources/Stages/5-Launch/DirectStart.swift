import HostFiles
import HostProcess
import Runtimes

/// Starts a command without a launcher: a session of its own, umask 022, the plan's environment, descriptors 0 to 2.
struct DirectStart {
    private let command: DirectCommand
    private let found: FoundCommand

    /// - Throws: ``LaunchError`` when the command lies where its file can't be told.
    init(_ command: DirectCommand, _ found: FoundCommand?) throws(LaunchError) {
        guard let found else {
            throw LaunchError("runtime \"direct\" can't tell which file \(command.arguments.first ?? "") is")
        }
        self.command = command
        self.found = found
    }

    /// Starts the program with these descriptors, under a waiter that outlives a tool that is killed.
    ///
    /// It is executed by the descriptor of the file that was found: of a script, that of its interpreter, with the words
    /// that the kernel would make of the script's first line, as no interpreter can open a script by a descriptor that
    /// closes on exec.
    ///
    /// - Throws: ``ProcessError``, with `executionFailed` when the kernel refused the program; ``FileError``.
    func spawn(_ streams: [DescriptorMapping], hasTerminal: Bool) throws -> ChildProcess {
        let program = try OwnedDescriptor.open(found.program, [.pathOnly])
        return try HostProcess.spawn(
            SpawnRequest(
                executable: program.number,
                arguments: command.arguments(for: found),
                environment: command.environment,
                descriptors: streams,
                workingDirectory: command.workdir,
                fileCreationMask: 0o022,
                newSession: true,
                controllingTerminal: hasTerminal ? 0 : nil,
                killOnParentDeath: ProcessFeatures.tiesChildToParent,
                underWaiter: ProcessFeatures.hasWaiter
            )
        )
    }
}
