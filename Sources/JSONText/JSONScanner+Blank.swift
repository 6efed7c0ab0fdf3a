extension JSONScanner {
    /// Whether a byte is one of JSON's four white space characters (RFC 8259, section 2).
    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Goes to the next byte that is neither white space nor comment, and says whether there is one.
    mutating func skipBlank() throws(JSONSyntaxError) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            if Self.isWhiteSpace(byte) {
                position += 1
            } else if byte == UInt8(ascii: "/"), acceptsComments {
                try skipComment()
            } else {
                return true
            }
        }
        return false
    }

    private mutating func skipComment() throws(JSONSyntaxError) {
        let start = position
        switch start + 1 < bytes.count ? bytes[start + 1] : 0 {
        case UInt8(ascii: "/"):
            position += 2
            while position < bytes.count, bytes[position] != 0x0A {
                try skipScalar()
            }
        case UInt8(ascii: "*"):
            position += 2
            repeat {
                guard position + 1 < bytes.count else { throw failure("unterminated comment", at: start) }
                guard bytes[position] != UInt8(ascii: "*") || bytes[position + 1] != UInt8(ascii: "/") else { break }
                try skipScalar()
            } while true
            position += 2
        default:
            throw failure("unexpected \"/\"", at: start)
        }
        blank(start..<position)
    }

    private mutating func skipScalar() throws(JSONSyntaxError) {
        guard let length = scalarLength(at: position) else {
            throw failure("invalid UTF-8 in a comment", at: position)
        }
        position += length
    }

    private mutating func blank(_ range: Range<Int>) {
        var text = blanked ?? bytes
        blanked = nil
        for index in range where text[index] != 0x0A && text[index] != 0x0D {
            text[index] = 0x20
        }
        blanked = text
    }
}
