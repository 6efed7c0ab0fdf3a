/// Why bytes are not a JSON document that this project takes, and where.
package struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
    /// The line, from 1; a line ends with a line feed.
    package let line: Int
    /// The column, from 1, in Unicode scalars; in bytes where the text before is not UTF-8.
    package let column: Int
    /// What is wrong, for a person at a terminal: what it quotes of the document is escaped and cut.
    package let message: String

    /// An error at a place that is already known.
    package init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// An error at a byte of a document; an offset past its end stands for the end.
    init(_ message: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        // A continuation byte (10xxxxxx) belongs to the scalar that began before it.
        self.column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
        self.message = message
    }

    /// "line 3, column 7: duplicate key "x"".
    package var description: String {
        "line \(line), column \(column): \(message)"
    }
}
