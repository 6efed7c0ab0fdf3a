/// Decimal numbers written as digits with at most one point, read exactly and without a locale.
enum DecimalText {
    /// Multiplies the number in `text` by `unit`, rounding down.
    ///
    /// Nil for anything but digits with at most one inner point, for more than nine decimals, and beyond `Int64`.
    static func multiply(_ text: Substring, by unit: Int64) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = digits(parts[0]), let base = product(whole, unit) else { return nil }
        guard parts.count == 2 else { return base }
        guard parts[1].utf8.count <= 9, let fraction = digits(parts[1]) else { return nil }
        var scale: Int64 = 1
        for _ in parts[1].utf8 { scale *= 10 }
        // fraction < scale, so the high word is below scale and the division can't overflow.
        let wide = fraction.multipliedFullWidth(by: unit)
        let (sum, overflow) = base.addingReportingOverflow(scale.dividingFullWidth(wide).quotient)
        return overflow ? nil : sum
    }

    /// The number that `text` writes with digits alone, or nil.
    static func digits(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int64(text)
    }

    private static func product(_ left: Int64, _ right: Int64) -> Int64? {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? nil : value
    }
}
