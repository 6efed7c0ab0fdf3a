import JSONText

/// Paths of fields for messages.
enum FieldPath {
    /// The path of a free key below a fixed one.
    static func key(_ key: String, in path: String) -> String {
        let isPlain =
            !key.isEmpty && key.utf8.first.map { $0 < 0x30 || $0 > 0x39 } == true
            && key.utf8.allSatisfy { byte in
                (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
        return isPlain ? "\(path).\(key)" : "\(path)[\(JSONValue.string(key).canonicalText)]"
    }

    /// The path of an array's item.
    static func item(_ index: Int, in path: String) -> String { "\(path)[\(index)]" }
}
