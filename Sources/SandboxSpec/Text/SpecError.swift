package import JSONText

/// What is wrong with a spec or with a flag that stands for one, in parts.
///
/// Its line is `SOURCE: FIELD: MESSAGE` (CLI.md, exit codes); the hint is a line of its own.
package struct SpecError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, or the flag as it is typed; empty when only the caller knows it.
    package var source: String
    /// The field's path (`mounts[2].bind`), `line 3, column 7` where the text is no JSON, or empty for the whole.
    package var field: String
    /// What is wrong, without the field.
    package var message: String
    /// What to do, where there is something.
    package var hint: String?
    /// The control that can't be enforced; nil where that is not what is wrong.
    package var control: String?

    /// An error whose source the caller fills in, unless it is given.
    package init(
        source: String = "",
        field: String,
        message: String,
        hint: String? = nil,
        control: String? = nil
    ) {
        self.source = source
        self.field = field
        self.message = message
        self.hint = hint
        self.control = control
    }

    /// A value of the wrong shape.
    package init(_ error: JSONShapeError, source: String = "") {
        self.init(source: source, field: error.path, message: error.message)
    }

    /// A text that is no JSON.
    package init(_ error: JSONSyntaxError, source: String = "") {
        self.init(source: source, field: "line \(error.line), column \(error.column)", message: error.message)
    }

    /// The line, without `sbxpipe: error:` and without the hint.
    package var description: String {
        [source, field, message].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
