package import JSONText

/// The flags of plan, exec, run and replay that change the spec, as typed.
package struct SharedFlags: Sendable, Hashable {
    /// `--runtime`.
    package var runtime: String?
    /// `--timeout`.
    package var timeout: String?
    /// `--kill-after`.
    package var killAfter: String?
    /// `--capture`.
    package var capture: String?
    /// `--tty`.
    package var tty = false
    /// `--interactive`: standard input is the caller's.
    package var interactive = false
    /// `--set`, in order; applied last.
    package var assignments: [String] = []

    /// No flag.
    package init() {}

    /// Whether no flag is given, so that the spec stays as it is.
    package var isEmpty: Bool { self == SharedFlags() }

    /// Writes the flags into a spec; errors name the flag.
    package func apply(to json: JSONValue) throws(SpecError) -> JSONValue {
        var edit = SpecEdit(json: json)
        try edit.set("runtime", runtime, flag: "--runtime")
        try edit.set("resources.timeout", timeout, flag: "--timeout")
        try edit.set("resources.grace", killAfter, flag: "--kill-after")
        try edit.set("capture.mode", capture, flag: "--capture")
        if tty { try edit.set("tty", true, flag: "--tty") }
        if interactive { try edit.set("stdin", "inherit", flag: "--interactive") }
        return try SetFlag.apply(assignments, to: edit.json)
    }
}
