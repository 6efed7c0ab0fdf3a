/// Text in columns.
extension StringProtocol {
    /// At least as wide as asked, filled with spaces, at its left with `right`.
    func padded(_ width: Int, right: Bool = false) -> String {
        let fill = String(repeating: " ", count: Swift.max(0, width - count))
        return right ? fill + self : self + fill
    }
}

/// A number of bytes for people.
struct ByteCount {
    private let bytes: Int64

    init(_ bytes: Int64) { self.bytes = bytes }

    /// As `12 B`, `3.4 K`, `512 M`: units of 1024, as in a spec.
    var text: String {
        if bytes < 1024 { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = ""
        for next in ["K", "M", "G", "T"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        let tenths = Int((value * 10).rounded())
        return (tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)") + " \(unit)"
    }
}
