import HostFiles

/// The values of a launch's secrets, in memory alone: no text rendering shows them.
package struct SecretValues: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var values: [String: [UInt8]] = [:]

    /// None.
    package init() {}

    package subscript(name: String) -> [UInt8]? {
        get { values[name] }
        set { values[name] = newValue }
    }

    package var isEmpty: Bool { values.isEmpty }
    /// Sorted.
    package var names: [String] { values.keys.sorted() }

    package var description: String { "values of \(names.joined(separator: ", "))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// A text with a word in place of each value that stands in it, as it is or with control characters escaped.
    ///
    /// Values below ``shortest`` bytes stay: they can't be told from other text.
    package func redacted(_ text: String) -> String {
        var text = text
        for name in names {
            guard let bytes = values[name], let value = String(validating: Self.core(bytes), as: UTF8.self) else {
                continue
            }
            for form in [value, Printable.escaped(value)] where form.utf8.count >= Self.shortest {
                text = Self.replacing(form, in: text, by: Self.placeholder(name))
            }
        }
        return text
    }

    /// What stands for a value where one would be shown.
    package static func placeholder(_ name: String) -> String { "<secret \(name)>" }

    /// A value has so many bytes at least to be searched for.
    package static let shortest = 8

    /// The bytes of a value that count when it is searched for: without the line end that files have.
    static func core(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        return bytes
    }

    private static func replacing(_ form: String, in text: String, by word: String) -> String {
        let (needle, bytes) = (Array(form.utf8), Array(text.utf8))
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: needle) {
                result += Array(word.utf8)
                place += needle.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
