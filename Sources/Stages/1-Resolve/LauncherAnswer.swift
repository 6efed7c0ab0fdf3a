import HostFiles
import HostProcess

/// What a launcher said, stdout and stderr in the order written, and how it ended.
struct LauncherAnswer {
    let status: ChildEnd.Status
    let text: String

    init(status: ChildEnd.Status, output: [UInt8]) {
        self.status = status
        text = String(decoding: output, as: UTF8.self)
    }

    var isSuccess: Bool { status == .exited(0) }

    /// How it ended, for messages.
    var end: String {
        switch status {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal, _): "was ended by signal \(signal)"
        }
    }

    /// The first line that is not blank, as people can read it, 200 characters of it at most; nil when it said nothing.
    ///
    /// Of a log line of glog's (`W1122 10:54:31.448036   27627 util.go:64] `) only the message, which is the same the
    /// next time.
    var firstLine: String? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard var line = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
        if let severity = line.first, "IWEF".contains(severity), line.dropFirst().prefix(4).allSatisfy(\.isNumber),
            let end = line.firstIndex(of: "]")
        {
            line = line[line.index(after: end)...].drop(while: \.isWhitespace)
        }
        if line.hasPrefix(Self.fatal) { line = line.dropFirst(Self.fatal.count) }
        return Printable.escaped(String(line.prefix(200)))
    }

    private static let fatal = "FATAL ERROR: "
}
