extension String {
    /// Whether both are the same UTF-8 bytes, where `==` would also take canonically equivalent ones.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && self == other && utf8.elementsEqual(other.utf8)
    }
}

extension [String: JSONValue] {
    /// The members in the order of their keys' UTF-8 bytes, which is that of canonical text, and no locale's.
    package func sortedByKey() -> [(key: String, value: JSONValue)] {
        sorted { left, right in left.key.utf8.lexicographicallyPrecedes(right.key.utf8) }
    }

    /// The keys in the order of their UTF-8 bytes.
    func sortedKeys() -> [String] {
        keys.sorted { left, right in left.utf8.lexicographicallyPrecedes(right.utf8) }
    }
}
