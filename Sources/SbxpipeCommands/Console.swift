import HostFiles
import JSONText

/// Where the tool writes: results to stdout, everything else to stderr.
final class Console {
    /// For what happens before flags are known.
    nonisolated(unsafe) static let plain = Console()

    let isJSON: Bool
    let isQuiet: Bool
    let isVerbose: Bool
    /// Whether tables may be coloured.
    let usesColor: Bool
    private var lostOutput = false

    init(_ options: GlobalFlags) {
        isJSON = options.json
        isQuiet = options.quiet
        isVerbose = options.verbose
        usesColor =
            switch options.color {
            case .always: true
            case .never: false
            case .auto:
                HostSystem.isTerminal(1) && Self.wantsColor(HostSystem.environment())
            }
    }

    private static func wantsColor(_ environment: [String: String]) -> Bool {
        (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    private init() {
        isJSON = false
        isQuiet = false
        isVerbose = false
        usesColor = false
    }

    /// Whether a person watches stderr.
    var showsProgress: Bool { !isQuiet && HostSystem.isTerminal(2) }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes to stdout; a reader that went away is no error.
    func write(_ bytes: [UInt8]) {
        do {
            try FileContent.write(bytes, to: 1, path: "stdout")
        } catch {
            if error.reason != Self.brokenPipe { lostOutput = true }
        }
    }

    private static let brokenPipe = errorText(32)

    /// One JSON document, for machines.
    func write(_ document: JSONValue) { write(document.pretty()) }

    func note(_ text: String) {
        guard !isQuiet else { return }
        writeError("sbxpipe: \(Printable.escaped(text))\n")
    }

    /// A finding that the exit code tells too: said also when all else is quiet.
    func say(_ text: String) { writeError("sbxpipe: \(Printable.escaped(text))\n") }

    func detail(_ text: String) { if isVerbose { note(text) } }

    /// A question to the person at the terminal, without a line end.
    func ask(_ question: String) { writeError("sbxpipe: \(Printable.escaped(question))") }

    func error(_ message: String, hint: String?) {
        let lines = Printable.escaped(message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
        writeError("sbxpipe: error: \(lines)\n")
        if let hint { writeError("sbxpipe: hint: \(Printable.escaped(hint))\n") }
    }

    private func writeError(_ text: String) { try? FileContent.write(Array(text.utf8), to: 2, path: "stderr") }

    /// The exit code: 2 when results could not be written though all else went well.
    func finish(_ code: Int32) -> Int32 {
        guard lostOutput, code == 0 else { return code }
        error("stdout could not be written", hint: nil)
        return 2
    }
}
