/// Why there is no profile or no filter, and where the reason lies.
package struct SeccompError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The profile's file, a place in it (`syscalls[3].names[0]`), both, or `libseccomp`; empty for the whole.
    package let place: String
    /// What is wrong, escaped for a terminal.
    package let message: String

    package init(place: String, message: String) {
        self.place = place
        self.message = message
    }

    /// What libseccomp refused, with its errno.
    init(operation: String, number: Int32) {
        self.init(place: "libseccomp", message: "could not \(operation): error \(number)")
    }

    package var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
