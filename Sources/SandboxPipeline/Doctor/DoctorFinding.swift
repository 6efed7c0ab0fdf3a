package import JSONText

/// One thing that keeps a runtime from working here, or a control from being had: what it is, and what to do about it.
package struct DoctorFinding: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable, CaseIterable {
        /// A runtime does not work for it, or a sandbox lets through what it should not.
        case error
        /// Something of a runtime can't be had.
        case warning
        /// Nothing to be done.
        case note
    }

    /// Stable, in kebab-case: what scripts go by.
    package let id: String
    package let severity: Severity
    /// The runtime that it is about; nil for the host.
    package let runtime: String?
    /// One sentence, without control characters.
    package let cause: String
    /// What to do, where there is something.
    package let remedy: String?

    package init(_ id: String, _ severity: Severity, of runtime: String? = nil, _ cause: String, remedy: String? = nil)
    {
        self.id = id
        self.severity = severity
        self.runtime = runtime
        self.cause = cause
        self.remedy = remedy
    }

    package var json: JSONValue {
        .members([
            "id": .string(id),
            "severity": .string(severity.rawValue),
            "runtime": runtime.map(JSONValue.string),
            "cause": .string(cause),
            "remedy": remedy.map(JSONValue.string),
        ])
    }
}
