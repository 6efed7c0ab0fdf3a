/// The notation of paths in errors and in `JSONFieldPath`.
enum JSONPathText {
    /// A key as a path's component: itself when it is an identifier, else `["as a string"]`.
    static func component(_ key: String) -> String {
        isIdentifier(key) ? key : "[\(JSONExcerpt.quotedWhole(key))]"
    }

    /// A key as an error's path shows it: as `component`, cut when it is long.
    static func excerpt(_ key: String) -> String {
        let isShort = key.utf8.count <= JSONExcerpt.limit
        return isShort ? component(key) : "[\(JSONExcerpt.quoted(key))]"
    }

    /// Two parts of a path with what goes between them.
    static func joined(_ first: String, _ second: String) -> String {
        guard !first.isEmpty, !second.isEmpty, !second.hasPrefix("[") else { return first + second }
        return "\(first).\(second)"
    }

    /// Whether a key needs no quotes: ASCII letters, digits, `_` and `-`, the first a letter or `_`.
    static func isIdentifier(_ key: String) -> Bool {
        for (index, byte) in key.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                guard index > 0 else { return false }
            default:
                return false
            }
        }
        return !key.isEmpty
    }
}
