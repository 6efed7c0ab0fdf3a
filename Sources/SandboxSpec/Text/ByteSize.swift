package import JSONText

/// A number of bytes, with the text that declared it.
///
/// Text is digits, at most one point, and one of K, M, G or T in either case for powers of 1,024; a fraction of a byte
/// is rounded down. Equality is that of the declaration, so `1G` and `1024M` differ.
package struct ByteSize: Sendable, Hashable {
    /// In bytes, never negative.
    package let bytes: Int64
    /// A string or an integer, as it was written.
    package let json: JSONValue

    /// A size declared as a plain number; negative numbers count as 0.
    package init(bytes: Int64) {
        self.bytes = max(0, bytes)
        json = .integer(self.bytes)
    }

    /// Nil when `text` isn't a size or is beyond `Int64`.
    package init?(_ text: String) {
        var digits = Substring(text)
        var unit: Int64 = 1
        if let last = digits.utf8.last, let shift = Self.shift(of: last) {
            digits = digits.dropLast()
            unit <<= shift
        }
        guard let bytes = DecimalText.multiply(digits, by: unit) else { return nil }
        guard unit > 1 || !text.utf8.contains(0x2E) else { return nil }
        self.bytes = bytes
        json = .string(text)
    }

    /// Nil for anything but a size's text or an integer from 0.
    package init?(_ json: JSONValue) {
        if let text = json.stringValue {
            self.init(text)
        } else if let bytes = json.integerValue, bytes >= 0 {
            self.init(bytes: bytes)
        } else {
            return nil
        }
    }

    private static func shift(of letter: UInt8) -> Int64? {
        switch letter | 0x20 {
        case UInt8(ascii: "k"): 10
        case UInt8(ascii: "m"): 20
        case UInt8(ascii: "g"): 30
        case UInt8(ascii: "t"): 40
        default: nil
        }
    }
}
