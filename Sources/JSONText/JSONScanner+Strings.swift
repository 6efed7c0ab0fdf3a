extension JSONScanner {
    /// Reads a string from its opening quote to behind its closing one.
    mutating func scanString(isKey: Bool) throws(JSONSyntaxError) {
        let start = position
        position += 1
        while true {
            position = plainEnd(from: position)
            guard position < bytes.count else { break }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                try scanEscape(isKey: isKey)
            case 0..<0x20:
                throw failure("a control character in a string; write \(JSONExcerpt.escape(byte))", at: position)
            default:
                guard let length = scalarLength(at: position) else { throw failure("invalid UTF-8", at: position) }
                position += length
            }
        }
        throw failure("unterminated string", at: start)
    }

    /// Where the ASCII characters that stand for themselves end: the inner loop, and so one over locals.
    private func plainEnd(from start: Int) -> Int {
        let bytes = bytes
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            end += 1
        }
        return end
    }

    private mutating func scanEscape(isKey: Bool) throws(JSONSyntaxError) {
        let start = position
        switch start + 1 < bytes.count ? bytes[start + 1] : 0 {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try scanCodeUnit()
            if unit == 0, isKey {
                throw failure("a NUL in a key", at: start)
            }
            guard unit & 0xF800 == 0xD800 else { return }
            // Surrogates come in pairs, high before low (RFC 8259, section 7).
            guard unit < 0xDC00, isEscapedUnitNext, try scanCodeUnit() & 0xFC00 == 0xDC00 else {
                throw failure("a lone surrogate", at: start)
            }
        default:
            throw failure("an unknown escape in a string", at: start)
        }
    }

    private var isEscapedUnitNext: Bool {
        position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\\") && bytes[position + 1] == UInt8(ascii: "u")
    }

    /// Reads `\uXXXX`, of which the first two bytes are known.
    private mutating func scanCodeUnit() throws(JSONSyntaxError) -> UInt32 {
        let start = position
        var unit: UInt32 = 0
        for index in start + 2..<start + 6 {
            guard index < bytes.count, let digit = Self.hexadecimalDigit(bytes[index]) else {
                throw failure("an unfinished escape in a string; \\u takes four hexadecimal digits", at: start)
            }
            unit = unit << 4 | digit
        }
        position = start + 6
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
