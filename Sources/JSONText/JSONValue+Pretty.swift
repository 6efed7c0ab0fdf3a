extension JSONValue {
    /// Text for people: an indentation of two spaces, keys sorted by their UTF-8 bytes, a line feed at the end.
    ///
    /// Empty containers stay on one line. Strings and numbers are written as in `canonical()`.
    package func pretty() -> String {
        var writer = JSONWriter(capacity: 512)
        writer.appendPretty(self, indentation: 0)
        writer.append(UInt8(ascii: "\n"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    fileprivate mutating func appendPretty(_ value: JSONValue, indentation: Int) {
        let inner = indentation + 2
        switch value {
        case .array(let items) where items.isEmpty:
            append("[]")
        case .object(let members) where members.isEmpty:
            append("{}")
        case .array(let items):
            append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 {
                    append(UInt8(ascii: ","))
                }
                appendLine(indentation: inner)
                appendPretty(item, indentation: inner)
            }
            appendLine(indentation: indentation)
            append(UInt8(ascii: "]"))
        case .object(let members):
            append(UInt8(ascii: "{"))
            for (index, member) in members.sortedByKey().enumerated() {
                if index > 0 {
                    append(UInt8(ascii: ","))
                }
                appendLine(indentation: inner)
                appendString(member.key)
                append(": ")
                appendPretty(member.value, indentation: inner)
            }
            appendLine(indentation: indentation)
            append(UInt8(ascii: "}"))
        default:
            appendScalar(value)
        }
    }
}
