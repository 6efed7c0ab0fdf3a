/// The rule for names of environment variables.
package enum VariableName {
    /// MAX_ARG_STRLEN of the kernel less its NUL: the longest argument, and the longest `NAME=value`.
    package static let maximumEntryLength = 131_071

    /// Whether `name` is not empty and holds neither `=` nor NUL (environ(7)).
    package static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < maximumEntryLength && !name.utf8.contains(0) && !name.utf8.contains(0x3D)
    }
}
