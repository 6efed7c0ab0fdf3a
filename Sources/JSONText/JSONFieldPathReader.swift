/// Reads the text of a path, step by step.
struct JSONFieldPathReader {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        self.bytes = Array(text.utf8)
    }

    /// What follows the steps and the `=` behind them.
    var rest: String {
        String(decoding: bytes[min(position + 1, bytes.count)...], as: UTF8.self)
    }

    /// Reads all steps, to the end or to an `=`, which then must be there.
    mutating func readSteps(untilAssignment: Bool) throws(JSONShapeError) -> [JSONFieldPath.Step] {
        var steps: [JSONFieldPath.Step] = []
        while let byte = next, !(untilAssignment && byte == UInt8(ascii: "=")) {
            if byte == UInt8(ascii: "[") {
                steps.append(try readBracket())
            } else {
                if !steps.isEmpty {
                    guard byte == UInt8(ascii: ".") else { throw failure("expected \".\" or \"[\"") }
                    position += 1
                }
                steps.append(try readBareKey(untilAssignment: untilAssignment))
            }
            guard steps.count <= JSONFieldPath.greatestLength else {
                throw failure("more than \(JSONFieldPath.greatestLength) steps")
            }
        }
        guard !steps.isEmpty else { throw failure("expected a key") }
        guard !untilAssignment || next != nil else { throw failure("expected \"=\" and a value") }
        return steps
    }

    private var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func readBareKey(untilAssignment: Bool) throws(JSONShapeError) -> JSONFieldPath.Step {
        let start = position
        while let byte = next, Self.isBare(byte), !(untilAssignment && byte == UInt8(ascii: "=")) {
            position += 1
        }
        guard position > start else { throw failure("expected a key") }
        return .key(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func readBracket() throws(JSONShapeError) -> JSONFieldPath.Step {
        let start = position
        position += 1
        let isQuoted = next == UInt8(ascii: "\"")
        let content = position
        if isQuoted {
            skipString()
        }
        while let byte = next, byte != UInt8(ascii: "]") {
            position += 1
        }
        guard next != nil else {
            position = start
            throw failure("\"[\" without \"]\"")
        }
        let inner = Array(bytes[content..<position])
        position += 1
        if isQuoted, let key = (try? JSONParser.parse(inner))?.stringValue {
            return .key(key)
        }
        if inner == [UInt8(ascii: "+")] {
            return .append
        }
        if inner.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(String(decoding: inner, as: UTF8.self)) {
            return .index(index)
        }
        position = start
        throw failure("expected [INDEX], [+] or [\"KEY\"]")
    }

    /// Skips a string from its opening quote to behind its closing one, or to the end.
    private mutating func skipString() {
        position += 1
        while let byte = next, byte != UInt8(ascii: "\"") {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, bytes.count)
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""), 0..<0x20, 0x7F: false
        default: true
        }
    }

    private func failure(_ problem: String) -> JSONShapeError {
        let place = position < bytes.count ? "at character \(1 + Self.scalarCount(bytes[..<position]))" : "at the end"
        return JSONShapeError(path: "", message: "bad path \(JSONExcerpt.quoted(text)): \(problem) \(place)")
    }

    private static func scalarCount(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.count { $0 & 0xC0 != 0x80 }
    }
}
