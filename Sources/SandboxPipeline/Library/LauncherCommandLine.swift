import JSONText
import PipelineContracts
import Runtimes

/// What a launcher would be started with for a plan on this host, now.
///
/// It is for showing, and for programs that start launchers themselves; limits are set by the launch, not by the
/// launcher, and are not in it. It holds the values of the command's variables, but of secrets the names.
public struct LauncherCommandLine: Sendable, Hashable {
    /// What goes to the launcher by a descriptor.
    public enum Passed: Sendable, Hashable {
        /// More arguments, each with a zero byte behind it: the environment, and what else names descriptors.
        case arguments([String])
        /// The content of a file that is to be at a place inside.
        case text(String, at: String)
        /// The value of the secret of that name, which is read when a command is launched, for a place inside.
        case secret(String, at: String)
        /// A compiled seccomp filter: the profile's, or one that refuses new user namespaces.
        case filter
        /// A pipe on which the launcher reports how the command fares.
        case status
    }

    /// The launcher's file, absolute and without symlinks; with the runtime `direct`, which has none, the command.
    public let launcher: String
    /// The whole argument list, the launcher's own name at its head.
    public let arguments: [String]
    /// The environment that the launcher itself is started with: none of the command's, but with `direct` that.
    public let environment: [String: String]
    /// By number: what descriptors besides 0 to 2 the launcher gets.
    public let descriptors: [Int32: Passed]
    /// The `config.json` of the bundle that runc, crun or runsc is given, as JSON; nil for other runtimes.
    ///
    /// The paths in it, and in the arguments, are those of a launch that there is not: each has a folder of its own.
    public let configuration: String?
}

extension LauncherCommandLine {
    init(_ command: RuntimeCommand) {
        switch command {
        case .bubblewrap(let command, let facts):
            let texts = command.texts.indices.map(BubblewrapCommand.textDescriptor)
            var descriptors: [Int32: Passed] = [
                BubblewrapCommand.statusDescriptor: .status,
                BubblewrapCommand.argumentDescriptor: .arguments(command.extraArguments(textDescriptors: texts)),
            ]
            if command.hasFilter { descriptors[BubblewrapCommand.filterDescriptor] = .filter }
            if command.hasGuard { descriptors[BubblewrapCommand.guardDescriptor] = .filter }
            for (number, file) in zip(texts, command.texts) {
                switch file.content {
                case .text(let text): descriptors[number] = .text(text, at: file.at)
                case .secret(let name): descriptors[number] = .secret(name, at: file.at)
                }
            }
            self.init(
                launcher: facts.path,
                arguments: command.arguments(extraFrom: BubblewrapCommand.argumentDescriptor),
                environment: [:],
                descriptors: descriptors,
                configuration: nil
            )
        case .container(let command):
            self.init(
                launcher: command.launcher.path,
                arguments: command.arguments,
                environment: Self.variables(command.environment),
                descriptors: [:],
                configuration: command.bundle.config.pretty()
            )
        case .direct(let command):
            self.init(
                launcher: command.arguments.first ?? "",
                arguments: command.arguments,
                environment: Self.variables(command.environment),
                descriptors: [:],
                configuration: nil
            )
        }
    }

    private static func variables(_ environment: [String]) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in environment {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return variables
    }
}
