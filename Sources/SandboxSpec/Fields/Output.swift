import JSONText

extension Spec {
    /// A path inside, or a glob, that is collected after the command ends.
    package struct Output: Sendable, Hashable {
        /// Absolute.
        package var path: Glob
        /// Whether a missing one is a failure and not only recorded.
        package var required: Bool

        /// An output that may be missing, unless told otherwise.
        package init(path: Glob, required: Bool = false) {
            self.path = path
            self.required = required
        }

        init?(_ json: JSONValue) {
            guard let path = (json.stringValue ?? json["path"]?.stringValue).flatMap({ Glob($0) }) else { return nil }
            self.init(path: path, required: json["required"]?.boolValue ?? false)
        }

        var json: JSONValue {
            required ? ["path": .string(path.pattern), "required": true] : .string(path.pattern)
        }
    }
}
