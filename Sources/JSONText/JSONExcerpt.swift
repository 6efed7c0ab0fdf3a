/// What a message shows of a document: safe for a terminal, and short.
enum JSONExcerpt {
    /// How many Unicode scalars of a value a message shows.
    static let limit = 60

    /// A string in double quotes, escaped, and cut at `limit`.
    static func quoted(_ text: String) -> String {
        "\"\(cut(text))\""
    }

    /// A string without quotes, escaped, and cut at `limit`.
    static func cut(_ text: String) -> String {
        var result = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < limit else { return result + "…" }
            append(scalar, to: &result)
        }
        return result
    }

    /// A string in double quotes that is JSON, whole, and without control or direction-changing characters.
    static func quotedWhole(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            append(scalar, to: &result)
        }
        return result + "\""
    }

    /// A value as a message shows it: scalars as they are written, containers by their kind.
    static func of(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .array, .object: value.kind.article
        default: value.canonicalText
        }
    }

    /// A control character as JSON escapes it.
    static func escape(_ byte: UInt8) -> String {
        var result = ""
        append(Unicode.Scalar(byte), to: &result)
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{8}": result += "\\b"
        case "\u{C}": result += "\\f"
        // C0, delete and C1; line and paragraph separators; what changes the direction of text.
        case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
            "\u{200E}"..."\u{200F}", "\u{61C}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default:
            result.unicodeScalars.append(scalar)
        }
    }
}
