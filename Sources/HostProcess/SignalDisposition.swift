internal import CHostShims

/// What a signal does to this process as a whole: for the tool to set, never for a library.
package enum SignalDisposition {
    /// Gives a signal its default action, as SIGCHLD needs it whose ignoring loses the ends of children.
    package static func useDefault(_ signal: Int32) throws(ProcessError) {
        _ = try checked("reset signal \(signal)", sbx_signal_set_default(signal))
    }

    /// Ignores a signal, as a writer to pipes does with SIGPIPE.
    package static func ignore(_ signal: Int32) throws(ProcessError) {
        _ = try checked("ignore signal \(signal)", sbx_signal_ignore(signal))
    }
}
