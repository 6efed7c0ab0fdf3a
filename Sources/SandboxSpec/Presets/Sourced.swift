/// A value and who supplied it.
package struct Sourced<Value> {
    /// What counts.
    package var value: Value
    /// Who said so.
    package var origin: Origin

    /// A value from somewhere.
    package init(_ value: Value, _ origin: Origin) {
        self.value = value
        self.origin = origin
    }
}

extension Sourced: Sendable where Value: Sendable {}
extension Sourced: Equatable where Value: Equatable {}
extension Sourced: Hashable where Value: Hashable {}

/// Who supplied a value.
package enum Origin: String, Sendable, Hashable {
    /// The spec, or a flag that stands for it.
    case spec
    /// The preset's table.
    case preset
    /// The field's own default.
    case standard = "default"
}
