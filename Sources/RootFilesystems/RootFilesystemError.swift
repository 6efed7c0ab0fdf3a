import HostFiles

/// What of a tree can't be taken into a layer, or out of one.
package struct RootFilesystemError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// A failure at a path that is not always UTF-8.
    init(_ path: [UInt8], _ reason: String, hint: String? = nil) {
        self.init("\(RawName(path).text): \(reason)", hint: hint)
    }

    static func changed(_ path: [UInt8]) -> RootFilesystemError {
        RootFilesystemError(path, "changed while it was read", hint: "run it again when nothing writes there")
    }

    package var description: String { message }
}
