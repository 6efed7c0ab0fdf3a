extension JSONScanner {
    /// Reads a number, which begins with a minus or a digit.
    mutating func scanNumber() throws(JSONSyntaxError) {
        let start = position
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative {
            position += 1
        }
        let firstDigit = position
        let fits = try scanInteger(negative: negative, from: start)
        if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
            throw failure("a number with a leading zero", at: start)
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits(from: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(from: start)
        }
        guard isInteger ? fits : isFinite(bytes[start..<position]) else {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            let range = isInteger ? "an integer beyond 64 bits" : "a number too large"
            throw failure("\(range): \(JSONExcerpt.cut(text))", at: start)
        }
    }

    /// Reads digits, and says whether their value lies within `Int64`.
    private mutating func scanInteger(negative: Bool, from start: Int) throws(JSONSyntaxError) -> Bool {
        let first = position
        var value: Int64 = 0
        var overflow = false
        while let digit = digit {
            // Towards the negative, which reaches one further.
            let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) =
                negative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            overflow = overflow || productOverflow || sumOverflow
            value = sum
            position += 1
        }
        guard position > first else { throw unfinished(start) }
        return !overflow
    }

    private mutating func skipDigits(from start: Int) throws(JSONSyntaxError) {
        let first = position
        while digit != nil {
            position += 1
        }
        guard position > first else { throw unfinished(start) }
    }

    private var digit: Int64? {
        guard position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 else { return nil }
        return Int64(bytes[position] - 0x30)
    }

    private func unfinished(_ start: Int) -> JSONSyntaxError {
        let text = String(decoding: bytes[start..<max(wordEnd(from: position), position)], as: UTF8.self)
        return failure("not a number: \(JSONExcerpt.quoted(text))", at: start)
    }

    private func isFinite(_ text: ArraySlice<UInt8>) -> Bool {
        Double(String(decoding: text, as: UTF8.self))?.isFinite ?? false
    }
}
