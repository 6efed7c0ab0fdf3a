/// Why a bundle can't be written or taken: one line that names the entry where there is one.
package struct BundleError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var description: String { message }
}
