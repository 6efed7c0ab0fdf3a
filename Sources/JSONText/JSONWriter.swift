/// Text of JSON values as bytes: strings and numbers in their one form, whatever the layout.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a line feed and as many spaces.
    mutating func appendLine(indentation: Int) {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indentation))
    }

    /// Appends a value that contains no other.
    mutating func appendScalar(_ value: JSONValue) {
        switch value {
        case .bool(true): append("true")
        case .bool(false): append("false")
        case .integer(let value): bytes.append(contentsOf: value.description.utf8)
        case .number(let value) where value.isFinite: bytes.append(contentsOf: value.description.utf8)
        case .string(let value): appendString(value)
        case .null, .number, .array, .object: append("null")
        }
    }

    /// Appends a string in quotes, escaping only the quote, the backslash and what is below U+0020.
    mutating func appendString(_ text: String) {
        append(UInt8(ascii: "\""))
        let done: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { buffer in
            unsafe appendEscaped(buffer)
        }
        if done == nil {
            let copy = Array(text.utf8)
            unsafe copy.withUnsafeBufferPointer { buffer in unsafe appendEscaped(buffer) }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var plain = 0
        for index in text.indices {
            let byte = unsafe text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<index]))
            appendEscape(byte)
            plain = index + 1
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plain...]))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u00")
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            bytes.append(Self.hexadecimal[Int(byte & 0xF)])
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
