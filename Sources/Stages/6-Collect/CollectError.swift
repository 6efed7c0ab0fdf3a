/// What of a run's captures or outputs could not be kept.
package struct CollectError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
