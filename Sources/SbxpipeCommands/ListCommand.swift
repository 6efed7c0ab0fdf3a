import ContentAddressing
import ArgumentParser
import HostFiles
import JSONText
import SandboxPipeline

/// `sbxpipe ls`.
struct ListCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        _superCommandName: "sbxpipe",
        abstract: "List runs and plans, the newest first.",
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Flag(name: .long, help: "Only plans.")
    var plans = false

    @Flag(name: .long, help: "Only runs, those under way included.")
    var runs = false

    var job: ListJob { ListJob(global: global.flags(shortVerbose), plans: plans, runs: runs) }
}

/// What `sbxpipe ls` was asked to do.
struct ListJob: ToolJob {
    var global = GlobalFlags()
    var plans = false
    var runs = false

    static func plain(_ words: [String]) -> ListJob? { words.isEmpty ? ListJob() : nil }

    /// Rows are written as they are read: a list of thousands begins at once and takes no memory.
    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let listing = Listing(context)
        let rows: any ListRows = console.isJSON ? JSONListRows(console) : TableRows(console)
        rows.begin()
        if runs || !plans { try listing.runs(rows.row) }
        if plans || !runs { try listing.plans(rows.row) }
        rows.end()
        return 0
    }
}

/// A form that a list is printed in.
private protocol ListRows {
    func begin()
    func row(_ item: ListItem)
    func end()
}

/// One document, written piece by piece.
private final class JSONListRows: ListRows {
    private let output: BufferedOutput
    private var isFirst = true

    init(_ console: Console) { output = BufferedOutput(console) }

    func begin() { output.write("{\"items\": [") }

    func row(_ item: ListItem) {
        output.write((isFirst ? "\n  " : ",\n  ") + String(decoding: item.json.canonical(), as: UTF8.self))
        isFirst = false
    }

    func end() {
        output.write("\n], \"schema\": \"sbxpipe.list/v1\"}\n")
        output.flush()
    }
}

/// A table for people.
private final class TableRows: ListRows {
    private let output: BufferedOutput

    init(_ console: Console) { output = BufferedOutput(console) }

    func begin() { output.write("KIND  DIGEST    CREATED               RESULT       SIZE  NAME\n") }

    func row(_ item: ListItem) {
        let result =
            if item.isDamaged {
                "damaged"
            } else if item.isRunning {
                "running"
            } else if let signal = item.signal {
                "signal \(signal)"
            } else {
                item.exitCode.map { "exit \($0)" } ?? ""
            }
        let cells = [
            item.kind.rawValue.padded(6),
            (item.digest?.short ?? item.id.map { String($0.prefix(8)) } ?? "").padded(10),
            (item.created.isEmpty ? "" : item.created.prefix(19) + "Z").padded(22),
            result.padded(9),
            ByteCount(item.bytes).text.padded(8, right: true),
            "  " + Printable.escaped(item.name) + (item.isImported ? " (imported)" : ""),
        ]
        output.write(cells.joined() + "\n")
    }

    func end() { output.flush() }
}

/// Gathers what is written, so that a long list is not a system call a row; a terminal sees each row at once.
private final class BufferedOutput {
    private let console: Console
    private let isTerminal = HostSystem.isTerminal(1)
    private var bytes: [UInt8] = []

    init(_ console: Console) { self.console = console }

    func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count > 4096 || isTerminal { flush() }
    }

    func flush() {
        console.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
