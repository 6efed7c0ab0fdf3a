import HostFiles
import JSONText

/// What bubblewrap writes to `--json-status-fd`: one JSON document a line.
package struct BubblewrapStatus: Sendable, Hashable {
    /// The process that bubblewrap made: PID 1 of the sandbox, or the command itself.
    package private(set) var child: Int32?
    /// Present only when the command ran.
    package private(set) var exitCode: Int32?
    private var pending: [UInt8] = []

    package init() {}

    /// Takes the next bytes; lines may be cut anywhere, and the last has no line end in 0.8.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        pending.append(contentsOf: bytes)
        while let close = pending.firstIndex(of: UInt8(ascii: "}")) {
            let line = Array(pending[...close])
            pending.removeSubrange(...close)
            guard let document = try? JSONParser.parse(line) else { continue }
            if let number = document["child-pid"]?.integerValue { child = Int32(exactly: number) }
            if let number = document["exit-code"]?.integerValue { exitCode = Int32(exactly: number) }
        }
    }
}

/// What bubblewrap says on stderr when it could not run the command.
package enum BubblewrapMessage {
    /// The exit code that a message stands for: 127 and 126 for a command that can't be executed, else 125.
    ///
    /// Of bubblewrap 0.3 to 0.11: `bwrap: execvp NAME: REASON`.
    package static func exitCode(for message: String) -> Int32 {
        guard message.hasPrefix("bwrap: execvp ") else { return 125 }
        return message.hasSuffix(errorText(2)) || message.hasSuffix("No such file or directory") ? 127 : 126
    }

    /// The text without the program's name, on one line.
    package static func text(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            line.hasPrefix("bwrap: ") ? String(line.dropFirst(7)) : String(line)
        }
        return Printable.escaped(lines.joined(separator: "; "))
    }

    /// What to do about a message, where that is known.
    package static func hint(for message: String) -> String? {
        if message.contains("setting up uid map") || message.contains("Creating new namespace failed")
            || message.contains("No permissions to create")
        {
            return "this host does not let you make user namespaces: see sysctl kernel.unprivileged_userns_clone, "
                + "user.max_user_namespaces and AppArmor's restriction of them"
        }
        if message.contains("Can't mount proc") {
            return "an outer container masks /proc; say \"namespaces\": {\"pid\": false} or run it outside"
        }
        return nil
    }
}
