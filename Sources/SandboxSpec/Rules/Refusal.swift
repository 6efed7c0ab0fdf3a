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
    /// Whether `--allow-degraded` with the control's name may pass over it: only for pure limits that `require` lacks.
    package let waivable: Bool

    /// The refusal as an error; its source is empty.
    package var error: SpecError { SpecError(field: field, message: message, hint: hint) }
}
