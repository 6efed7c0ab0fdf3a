extension JSONScanner {
    /// An error at a byte of this document.
    func failure(_ message: String, at offset: Int) -> JSONSyntaxError {
        JSONSyntaxError(message, at: offset, in: bytes)
    }

    /// The error for what stands at the position instead of what was expected there.
    func unexpected(_ expected: String) -> JSONSyntaxError {
        switch bytes[position] {
        case UInt8(ascii: "'"):
            return failure("a single quote; strings take double quotes", at: position)
        case UInt8(ascii: "/") where !acceptsComments:
            return failure("unexpected \"/\"; comments are not taken here", at: position)
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard previousByte == UInt8(ascii: ",") else { break }
            return failure("trailing comma", at: position)
        default:
            break
        }
        guard let length = scalarLength(at: position) else {
            return failure("invalid UTF-8", at: position)
        }
        let word = wordEnd(from: position)
        let found = String(decoding: bytes[position..<max(word, position + length)], as: UTF8.self)
        return failure("expected \(expected), found \(JSONExcerpt.quoted(found))", at: position)
    }

    /// Where the letters and digits that begin at an offset end.
    func wordEnd(from offset: Int) -> Int {
        var end = offset
        while end < bytes.count, Self.isWordByte(bytes[end]) {
            end += 1
        }
        return end
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The last byte before the position that is neither white space nor part of a comment.
    private var previousByte: UInt8? {
        (blanked ?? bytes)[..<position].last { !Self.isWhiteSpace($0) }
    }
}
