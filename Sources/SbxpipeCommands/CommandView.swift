import HostFiles
import JSONText
import Runtimes

/// The launcher's command line, for people and for machines.
struct CommandView {
    private let command: BubblewrapCommand

    init(_ command: BubblewrapCommand) { self.command = command }

    /// Quoted so that a shell reads the same list.
    var line: String { command.arguments.map(Printable.shellQuoted).joined(separator: " ") }

    /// The list as exec gives it, and what goes by descriptor.
    var fullText: String {
        let extra = extraArguments.map(Printable.shellQuoted).joined(separator: " ")
        var lines = [
            arguments.map(Printable.shellQuoted).joined(separator: " "),
            "# descriptor \(BubblewrapCommand.statusDescriptor): status",
            "# descriptor \(BubblewrapCommand.argumentDescriptor): \(extra)",
        ]
        if command.hasFilter {
            lines.append("# descriptor \(BubblewrapCommand.filterDescriptor): \(Self.filter)")
        }
        for (index, file) in command.texts.enumerated() {
            let number = BubblewrapCommand.textDescriptor(index)
            lines.append("# descriptor \(number): \(file.at), \(file.text.utf8.count) bytes")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var fullJSON: JSONValue {
        var descriptors: [String: JSONValue] = [
            String(BubblewrapCommand.statusDescriptor): "status",
            String(BubblewrapCommand.argumentDescriptor): .strings(extraArguments),
        ]
        if command.hasFilter { descriptors[String(BubblewrapCommand.filterDescriptor)] = .string(Self.filter) }
        for (index, file) in command.texts.enumerated() {
            let number = BubblewrapCommand.textDescriptor(index)
            descriptors[String(number)] = ["at": .string(file.at), "text": .string(file.text)]
        }
        return [
            "schema": "sbxpipe.command/v1",
            "arguments": .strings(arguments),
            "environment": [],
            "descriptors": .object(descriptors),
        ]
    }

    private static let filter = "a seccomp filter that refuses new user namespaces"

    private var arguments: [String] { command.arguments(extraFrom: BubblewrapCommand.argumentDescriptor) }

    private var extraArguments: [String] {
        command.extraArguments(textDescriptors: command.texts.indices.map(BubblewrapCommand.textDescriptor))
    }
}
