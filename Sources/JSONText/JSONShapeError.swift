/// Why a value is not of the shape that is wanted, or a path leads nowhere.
package struct JSONShapeError: Error, Hashable, CustomStringConvertible {
    /// Where: `mounts[2].bind`, or empty for the whole; a key that is no identifier is written `["like this"]`.
    package let path: String
    /// What, for a person at a terminal: what it quotes of the value is escaped and cut at 60 characters.
    package let message: String

    /// An error at a place.
    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// The path and the message, or the message alone when it is about the whole.
    package var description: String {
        path.isEmpty ? message : "\(path): \(message)"
    }

    /// The same error as seen from the value around: its path has a component more in front.
    func inside(_ component: String) -> JSONShapeError {
        JSONShapeError(path: JSONPathText.joined(component, path), message: message)
    }
}
