/// Something asked for that this version does not enforce, and so refuses instead of ignoring it.
package struct Refusal: Sendable, Hashable {
    /// The field that asks for it.
    package let field: String
    /// What `--allow-degraded` calls it.
    package let control: Control
    /// What is wrong, without the field.
    package let message: String
    /// What to do, where there is something.
    package let hint: String?
    /// Whether `--allow-degraded` with the control's name may pass over it: only for what `require` lacks, and of what no
    /// runtime enforces only for pure limits.
    package let waivable: Bool

    /// A refusal whose hint names the flag that passes over it, if one does.
    package init(field: String, control: Control, message: String, hint: String?, waivable: Bool) {
        self.field = field
        self.control = control
        self.message = message
        let waiver = waivable ? "--allow-degraded \(control.rawValue) runs without it" : nil
        let hints = [hint, waiver].compactMap(\.self).joined(separator: "; ")
        self.hint = hints.isEmpty ? nil : hints
        self.waivable = waivable
    }

    /// The refusal as an error; its source is empty.
    package var error: SpecError {
        SpecError(field: field, message: message, hint: hint, control: control.rawValue)
    }
}
