package import PipelineContracts

/// The command of one launch without a launcher.
package struct DirectCommand: Sendable {
    /// The command's own argument vector: what `--print-command` prints, and what the launch record keeps.
    package let arguments: [String]
    /// Entries of the form `NAME=VALUE`, all that it has.
    package let environment: [String]
    package let workdir: String

    package init(command: [String], environment: RenderedEnvironment, workdir: String) {
        arguments = command
        self.environment = environment.variables.map(\.entry)
        self.workdir = workdir
    }

    /// What the kernel would start a found file with: of a script, its interpreter's words ahead of it.
    package func arguments(for found: FoundCommand) -> [String] { found.leading + arguments.dropFirst() }
}

/// What is launched: a launcher with its arguments, or the command itself.
package enum RuntimeCommand: Sendable {
    case bubblewrap(BubblewrapCommand, LauncherFacts)
    case container(ContainerCommand)
    case direct(DirectCommand)

    /// Whether the process that is started is a launcher, and the command one below it.
    package var isLauncher: Bool {
        switch self {
        case .bubblewrap, .container: true
        case .direct: false
        }
    }

    /// What `--print-command` prints, and what the launch record keeps.
    package var arguments: [String] {
        switch self {
        case .bubblewrap(let command, _): command.arguments
        case .container(let command): command.arguments
        case .direct(let command): command.arguments
        }
    }
}
