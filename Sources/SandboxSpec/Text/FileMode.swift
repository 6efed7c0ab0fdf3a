/// Permission bits in octal, three or four digits as chmod takes them.
package struct FileMode: Sendable, Hashable {
    /// From 0 to 0o7777.
    package let bits: UInt32
    /// As it was written.
    package let text: String

    /// Nil when `text` isn't three or four octal digits.
    package init?(_ text: String) {
        guard (3...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }) else { return nil }
        guard let bits = UInt32(text, radix: 8) else { return nil }
        self.bits = bits
        self.text = text
    }
}
