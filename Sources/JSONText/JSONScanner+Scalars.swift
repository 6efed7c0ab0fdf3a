extension JSONScanner {
    /// How many bytes the Unicode scalar at an offset has, or nil when they are not UTF-8.
    ///
    /// The well-formed sequences are those of table 3-7 of the Unicode Standard: no overlong forms, no surrogates,
    /// nothing beyond U+10FFFF.
    func scalarLength(at offset: Int) -> Int? {
        let lead = bytes[offset]
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return continues(from: offset, second: 0x80...0xBF, length: 2)
        case 0xE0: return continues(from: offset, second: 0xA0...0xBF, length: 3)
        case 0xED: return continues(from: offset, second: 0x80...0x9F, length: 3)
        case 0xE1...0xEF: return continues(from: offset, second: 0x80...0xBF, length: 3)
        case 0xF0: return continues(from: offset, second: 0x90...0xBF, length: 4)
        case 0xF1...0xF3: return continues(from: offset, second: 0x80...0xBF, length: 4)
        case 0xF4: return continues(from: offset, second: 0x80...0x8F, length: 4)
        default: return nil
        }
    }

    private func continues(from offset: Int, second: ClosedRange<UInt8>, length: Int) -> Int? {
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return nil }
        for index in (offset + 2)..<(offset + length) where bytes[index] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}
