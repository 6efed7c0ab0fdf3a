package import JSONText

/// A span of time, with the text that declared it: a decimal number and one of `ms`, `s`, `m`, `h`.
package struct TimeSpan: Sendable, Hashable {
    /// In nanoseconds, never negative; the longest is 292 years.
    package let nanoseconds: Int64
    /// As it was written.
    package let text: String

    /// In whole milliseconds, rounded down.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }
    /// The declaration.
    package var json: JSONValue { .string(text) }

    /// Nil when `text` isn't a span: a number without a unit is none.
    package init?(_ text: String) {
        guard let split = text.firstIndex(where: { $0.isLetter }) else { return nil }
        let unit: Int64
        switch text[split...] {
        case "ms": unit = 1_000_000
        case "s": unit = 1_000_000_000
        case "m": unit = 60_000_000_000
        case "h": unit = 3_600_000_000_000
        default: return nil
        }
        guard let nanoseconds = DecimalText.multiply(text[..<split], by: unit) else { return nil }
        self.nanoseconds = nanoseconds
        self.text = text
    }

    /// Nil for anything but a span's text.
    package init?(_ json: JSONValue) {
        guard let text = json.stringValue else { return nil }
        self.init(text)
    }
}
