extension JSONValue {
    /// The canonical bytes, which digests are made of.
    ///
    /// Keys are sorted by their UTF-8 bytes; there is no white space; `"`, `\` and what is below U+0020 are escaped, as
    /// `\b \t \n \f \r` or `\u00xx`, and nothing else is; integers are plain; other numbers have Swift's shortest form
    /// that reads back as the same `Double`. A `Double` that is not finite, which no parsed document has, is written
    /// as `null`. Equal values have equal bytes, `0.0` and `-0.0` excepted.
    package func canonical() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.appendCanonical(self)
        return writer.bytes
    }

    /// The canonical bytes as text.
    package var canonicalText: String {
        String(decoding: canonical(), as: UTF8.self)
    }
}

extension JSONWriter {
    fileprivate mutating func appendCanonical(_ value: JSONValue) {
        switch value {
        case .array(let items):
            append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 {
                    append(UInt8(ascii: ","))
                }
                appendCanonical(item)
            }
            append(UInt8(ascii: "]"))
        case .object(let members):
            append(UInt8(ascii: "{"))
            for (index, member) in members.sortedByKey().enumerated() {
                if index > 0 {
                    append(UInt8(ascii: ","))
                }
                appendString(member.key)
                append(UInt8(ascii: ":"))
                appendCanonical(member.value)
            }
            append(UInt8(ascii: "}"))
        default:
            appendScalar(value)
        }
    }
}
