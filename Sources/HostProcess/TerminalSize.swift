internal import CHostShims

/// The size of a terminal's window, in characters.
package struct TerminalSize: Sendable, Hashable {
    package var columns: UInt16
    package var rows: UInt16

    package init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }

    /// That of a terminal; nil when it is none, or has no size.
    package init?(of terminal: Int32) {
        self.init(columns: 0, rows: 0)
        guard unsafe sbx_terminal_size(terminal, &columns, &rows) == 0, columns > 0, rows > 0 else { return nil }
    }

    /// What programs take where a terminal says nothing.
    package static let usual = TerminalSize(columns: 80, rows: 24)

    /// Gives it to a terminal, whose foreground group gets SIGWINCH when it changed.
    package func set(on terminal: Int32) throws(ProcessError) {
        _ = try checked("set window size", sbx_terminal_set_size(terminal, columns, rows))
    }
}
