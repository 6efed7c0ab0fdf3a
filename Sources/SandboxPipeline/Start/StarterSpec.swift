import JSONText

/// A first `sandbox.json`, with comments that teach what a person will want to change next.
struct StarterSpec {
    /// The spec's name.
    var name: String
    /// What was found, as in: a Python project.
    var finding: String
    var command: [String]
    /// What the command does, a sentence a line.
    var commandNotes: [String]
    /// A folder with the command's program that the sandbox would not see otherwise, absolute.
    var toolFolder: String?
    /// Variables to set, each with a sentence on why.
    var variables: [(name: String, value: String, note: String)] = []
    /// A line for the comment on outputs: paths inside that would be worth keeping.
    var outputs: [String]

    /// Where the project is inside.
    static let place = "/project"

    var text: String {
        let parts = [commandPart, mountPart, environmentPart, networkPart, outputPart]
        return header + "{\n" + parts.joined(separator: "\n\n") + "\n}\n"
    }

    private var header: String {
        """
        // One command and the sandbox that it runs in: `sbxpipe plan` works it out, `sbxpipe exec` runs it.
        // Written by `sbxpipe init`, which found \(finding). It is yours now: change it, and plan again.
        //
        // What is not said here is the preset baseline's: the host read-only, other people's homes and the host's sockets
        // out of sight, an empty /tmp and /run, no network, three capabilities. `sbxpipe schema spec` lists every field.

        """
    }

    private var commandPart: String {
        lines(
            "// What ls and other commands of sbxpipe call it.",
            "\"name\": \(quoted(name)),",
            "",
            commandNotes.map { "// \($0)" }.joined(separator: "\n"),
            "// A string a word: no shell reads it, unless it is one, as in [\"sh\", \"-c\", \"make && make check\"].",
            "\"command\": \(list(command)),",
            "// Where it starts, inside.",
            "\"workdir\": \(quoted(Self.place)),"
        )
    }

    private var mountPart: String {
        let tool = toolFolder.map { folder in
            """
                    // Where the program is: in a home, and homes are hidden.
                    {"bind": \(quoted(folder)), "at": \(quoted(folder))},

            """
        }
        return """
                // In any order, a deeper one over a shallower one. Relative sources are this file's neighbours, ~ is your home.
                "mounts": [
                    // This folder, for the command to change. Without "mode", or with "ro", it could only read.
                    {"bind": ".", "at": \(quoted(Self.place)), "mode": "rw"},
                    // What git runs outside, its hooks and settings, is not for a sandboxed command to write.
                    {"readonly": \(quoted(Self.place + "/.git")), "optional": true},
            \(tool ?? "")        // Never to be seen, under no name. Likewise: {"hide": "~/.aws", "optional": true}, {"hide": "/project/.env"}
                    {"hide": "~/.ssh", "optional": true}
                    // Data to read: {"bind": "../data", "at": "/data"}. Room in memory: {"tmpfs": "/scratch", "size": "256M"}.
                ],
            """
    }

    private var environmentPart: String {
        var members: [String] = []
        if !variables.isEmpty {
            let entries = variables.map { variable in
                lines(
                    indent: 12,
                    "// \(variable.note)",
                    "\(quoted(variable.name)): \(quoted(variable.value))"
                )
            }
            members.append("        \"set\": {\n\(entries.joined(separator: ",\n"))\n        }")
        }
        if let toolFolder {
            members.append(
                "        // First on PATH.\n        \"path\": {\"dir\": \(quoted(toolFolder + "/bin")), \"position\": \"prepend\"}"
            )
        }
        let note = lines(
            "// From your shell come PATH, HOME, USER, LANG, LC_*, TZ and TERM: \"inherit\": [\"PATH\", \"CI\"] takes others,",
            "// \"set\": {\"NAME\": \"value\"} adds, \"unset\": [\"TERM\"] removes. HOME, if it shows at all, can only be read:",
            "// for what writes there, \"set\": {\"HOME\": \"/tmp\"}."
        )
        guard !members.isEmpty else { return note + "\n    \"env\": {}," }
        return note + "\n    \"env\": {\n" + members.joined(separator: ",\n") + "\n    },"
    }

    private var networkPart: String {
        lines(
            "// \"host\" is your network with all that is in reach there; once only: sbxpipe exec --set network=host",
            "\"network\": \"none\","
        )
    }

    private var outputPart: String {
        lines(
            "// Files to keep of each run, as in \(list(outputs)):",
            "// `sbxpipe cat last 6-collect/outputs.tar/PATH` prints one. stdout and stderr are kept anyway: `sbxpipe logs`.",
            "\"outputs\": []"
        )
    }

    private func lines(indent: Int = 4, _ lines: String...) -> String {
        let margin = String(repeating: " ", count: indent)
        return lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical(), as: UTF8.self)
    }

    private func list(_ words: [String]) -> String { "[" + words.map(quoted).joined(separator: ", ") + "]" }
}
