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
            command.arguments(extraFrom: 4).map(Printable.shellQuoted).joined(separator: " "), "# descriptor 3: status",
            "# descriptor 4: \(extra)",
        ]
        for (index, file) in command.texts.enumerated() {
            lines.append("# descriptor \(5 + index): \(file.at), \(file.text.utf8.count) bytes")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var fullJSON: JSONValue {
        var descriptors: [String: JSONValue] = ["3": "status", "4": .strings(extraArguments)]
        for (index, file) in command.texts.enumerated() {
            descriptors[String(5 + index)] = ["at": .string(file.at), "text": .string(file.text)]
        }
        return [
            "schema": "sbxpipe.command/v1",
            "arguments": .strings(command.arguments(extraFrom: 4)),
            "environment": [],
            "descriptors": .object(descriptors),
        ]
    }

    private var extraArguments: [String] {
        command.extraArguments(textDescriptors: command.texts.indices.map { Int32(5 + $0) }, statusDescriptor: 3)
    }
}
