import JSONText

/// The small grammars that flags share.
enum FlagText {
    /// The parts between separators, none of them empty; the last takes what is left of a text with too many only when
    /// the separator is `=`.
    static func split(
        _ text: String,
        at separator: Character,
        flag: String,
        form: String,
        _ count: ClosedRange<Int>
    ) throws(SpecError) -> [String] {
        let splits = separator == "=" ? count.upperBound - 1 : Int.max
        let parts = text.split(separator: separator, maxSplits: splits, omittingEmptySubsequences: false)
        guard count.contains(parts.count), !parts.contains("") else { throw wrong(text, flag: flag, form: form) }
        return parts.map(String.init)
    }

    static func integer(_ text: String, flag: String) throws(SpecError) -> JSONValue {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        guard let value = DecimalText.digits(isNegative ? text.dropFirst() : text[...]) else {
            throw wrong(text, flag: flag, form: "an integer")
        }
        return .integer(isNegative ? -value : value)
    }

    static func number(_ text: String, flag: String) throws(SpecError) -> JSONValue {
        if let whole = DecimalText.digits(text[...]) { return .integer(whole) }
        guard DecimalText.multiply(text[...], by: 1) != nil, let value = Double(text) else {
            throw wrong(text, flag: flag, form: "a number such as 1.5")
        }
        return .number(value)
    }

    /// `nofile=1024` or `nofile=1024:2048`.
    static func limit(_ text: String) throws(SpecError) -> (ResourceLimitName, ResourceLimit) {
        let form = "NAME=SOFT[:HARD]"
        let parts = try split(text, at: "=", flag: "--ulimit", form: form, 2...2)
        guard let name = ResourceLimitName(rawValue: parts[0]) else {
            let names = ResourceLimitName.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong(parts[0], flag: "--ulimit", form: "one of \(names)")
        }
        let values = try split(parts[1], at: ":", flag: "--ulimit", form: form, 1...2)
        var limits: [Int64] = []
        for value in values { limits.append(try integer(value, flag: "--ulimit").integerValue ?? 0) }
        return (name, ResourceLimit(soft: limits[0], hard: limits[limits.count - 1]))
    }

    static func wrong(_ text: String, flag: String, form: String) -> SpecError {
        SpecError(source: flag, field: "", message: "expected \(form), found \(quoted(text))")
    }

    /// The text with control bytes escaped, cut at 60 signs.
    static func quoted(_ text: String) -> String {
        JSONValue.string(text.count > 60 ? String(text.prefix(60)) + "…" : text).canonicalText
    }
}
