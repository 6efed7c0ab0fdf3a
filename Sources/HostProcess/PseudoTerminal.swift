internal import CHostShims

/// Makes a pseudo-terminal, both sides close-on-exec; the caller owns both.
///
/// The child gets `terminal`, and as its controlling one where the request says so; what passes over it is read from and
/// written to `controller` (pty(7)). A stream on `controller` ends when the last process has let go of `terminal`, the
/// caller included.
package func makeTerminal() throws(ProcessError) -> (controller: Int32, terminal: Int32) {
    var sides: (controller: Int32, terminal: Int32) = (-1, -1)
    _ = try checked("open pseudo-terminal", unsafe sbx_terminal_open(&sides.controller, &sides.terminal))
    return sides
}
