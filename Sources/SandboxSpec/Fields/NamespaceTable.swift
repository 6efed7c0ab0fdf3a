/// A value for some of the kinds of namespaces.
///
/// A dictionary by its use; as an array it spares a program the look-up of `Hashable` when it starts.
package struct NamespaceTable<Value> {
    private var values: [Value?]

    /// No value for any kind.
    package init() {
        values = [Value?](repeating: nil, count: 8)
    }

    /// The value for a kind, or nil.
    package subscript(namespace: Namespace) -> Value? {
        get { values[namespace.index] }
        set { values[namespace.index] = newValue }
    }

    /// Whether no kind has a value.
    package var isEmpty: Bool { values.allSatisfy { $0 == nil } }
}

extension NamespaceTable: Sendable where Value: Sendable {}
extension NamespaceTable: Equatable where Value: Equatable {}
extension NamespaceTable: Hashable where Value: Hashable {}

extension NamespaceTable: ExpressibleByDictionaryLiteral {
    /// A table of these; of two for one kind the last counts.
    package init(dictionaryLiteral elements: (Namespace, Value)...) {
        self.init()
        for (namespace, value) in elements { self[namespace] = value }
    }
}
