package import HostFiles

/// What a store could not do, and with which object.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds that callers tell apart.
    package enum Code: Sendable, Hashable {
        /// Nothing is stored under that digest or name.
        case missing
        /// What is stored is not what its name says.
        case corrupt
        /// The store is another's, or others may write to it.
        case notTrusted
        /// Others hold it.
        case busy
        /// The system refused; the cause says how.
        case system
    }

    package let code: Code
    package let message: String
    package let hint: String?
    package let cause: FileError?

    package init(_ code: Code, _ message: String, hint: String? = nil, cause: FileError? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    /// Wraps a system failure, with the remedy for the usual ones.
    package init(_ doing: String, _ cause: FileError) {
        let hint: String? =
            switch cause.code {
            case .noSpace: "free some space, or name another store with --store"
            case .readOnly, .notAllowed: "name a store that you may write with --store"
            default: nil
            }
        self.init(.system, "store: \(doing): \(cause)", hint: hint, cause: cause)
    }

    package var description: String { message }
}
