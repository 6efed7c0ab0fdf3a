import HostFiles
import JSONText
import Runtimes

/// The command line of a launch, for people and for machines.
struct CommandView {
    private let command: RuntimeCommand

    init(_ command: RuntimeCommand) { self.command = command }

    /// Quoted so that a shell reads the same list.
    var line: String { Self.quoted(command.arguments) }

    /// The list as exec gives it, and what goes by descriptor; without a launcher the command, its folder and variables.
    var fullText: String {
        switch command {
        case .bubblewrap(let command, _): BubblewrapView(command).fullText
        case .container(let command):
            """
            \(line)
            # environment: \(Self.quoted(command.environment))
            # \(command.bundleFolder)/config.json:
            \(command.bundle.config.pretty())
            """
        case .direct(let command):
            """
            \(line)
            # folder: \(Printable.shellQuoted(command.workdir))
            # environment: \(Self.quoted(command.environment))

            """
        }
    }

    var fullJSON: JSONValue {
        switch command {
        case .bubblewrap(let command, _): BubblewrapView(command).fullJSON
        case .container(let command):
            [
                "schema": "sbxpipe.command/v1",
                "arguments": .strings(command.arguments),
                "environment": .strings(command.environment),
                "descriptors": [:],
                "config": command.bundle.config,
            ]
        case .direct(let command):
            [
                "schema": "sbxpipe.command/v1",
                "arguments": .strings(command.arguments),
                "environment": .strings(command.environment),
                "descriptors": [:],
                "workdir": .string(command.workdir),
            ]
        }
    }

    fileprivate static func quoted(_ words: [String]) -> String {
        words.map(Printable.shellQuoted).joined(separator: " ")
    }
}

/// The same for bubblewrap, which gets most of it by descriptor.
private struct BubblewrapView {
    private let command: BubblewrapCommand

    init(_ command: BubblewrapCommand) { self.command = command }

    var fullText: String {
        var lines = [
            CommandView.quoted(arguments),
            "# descriptor \(BubblewrapCommand.statusDescriptor): status",
            "# descriptor \(BubblewrapCommand.argumentDescriptor): \(CommandView.quoted(extraArguments))",
        ]
        if command.hasFilter {
            lines.append("# descriptor \(BubblewrapCommand.filterDescriptor): \(Self.filter)")
        }
        if command.hasGuard {
            lines.append("# descriptor \(BubblewrapCommand.guardDescriptor): \(Self.namespaceGuard)")
        }
        for (index, file) in command.texts.enumerated() {
            let number = BubblewrapCommand.textDescriptor(index)
            let what: String =
                switch file.content {
                case .text(let text): "\(text.utf8.count) bytes"
                case .secret(let name): "the value of secret \(name)"
                }
            lines.append("# descriptor \(number): \(file.at), \(what)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var fullJSON: JSONValue {
        var descriptors: [String: JSONValue] = [
            String(BubblewrapCommand.statusDescriptor): "status",
            String(BubblewrapCommand.argumentDescriptor): .strings(extraArguments),
        ]
        if command.hasFilter { descriptors[String(BubblewrapCommand.filterDescriptor)] = .string(Self.filter) }
        if command.hasGuard { descriptors[String(BubblewrapCommand.guardDescriptor)] = .string(Self.namespaceGuard) }
        for (index, file) in command.texts.enumerated() {
            let number = BubblewrapCommand.textDescriptor(index)
            descriptors[String(number)] =
                switch file.content {
                case .text(let text): ["at": .string(file.at), "text": .string(text)]
                case .secret(let name): ["at": .string(file.at), "secret": .string(name)]
                }
        }
        return [
            "schema": "sbxpipe.command/v1",
            "arguments": .strings(arguments),
            "environment": [],
            "descriptors": .object(descriptors),
        ]
    }

    private static let filter = "the compiled seccomp profile"
    private static let namespaceGuard = "a seccomp filter that refuses new user namespaces"

    private var arguments: [String] { command.arguments(extraFrom: BubblewrapCommand.argumentDescriptor) }

    private var extraArguments: [String] {
        command.extraArguments(textDescriptors: command.texts.indices.map(BubblewrapCommand.textDescriptor))
    }
}
