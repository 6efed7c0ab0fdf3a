/// The first line in which two texts differ.
struct FirstLine {
    /// From 1.
    let number: Int
    /// At most 120 bytes of it; nil past a text's end.
    let old: String?
    let new: String?

    init(_ old: [UInt8], _ new: [UInt8]) {
        let newline: UInt8 = 0x0A
        let before = old.split(separator: newline, omittingEmptySubsequences: false)
        let after = new.split(separator: newline, omittingEmptySubsequences: false)
        var index = 0
        while index < before.count, index < after.count, before[index] == after[index] { index += 1 }
        func line(_ lines: [ArraySlice<UInt8>]) -> String? {
            // What follows the last line end is no line.
            guard index < lines.count, !(index == lines.count - 1 && lines[index].isEmpty) else { return nil }
            return String(decoding: lines[index].prefix(120), as: UTF8.self) + (lines[index].count > 120 ? "..." : "")
        }
        number = index + 1
        self.old = line(before)
        self.new = line(after)
    }
}
