import JSONText

/// What the fields' own reading and writing share.
extension JSONValue {
    /// The member of that key as a value of an enumeration of words; nil for what is not among them.
    func word<Word: RawRepresentable<String>>(_ key: String) -> Word? {
        (self[key]?.stringValue).flatMap { Word(rawValue: $0) }
    }

    /// The strings of an array, or nil when this is something else; what is not a string is left out.
    var strings: [String]? { arrayValue?.compactMap(\.stringValue) }

    /// An array of strings.
    static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }

    /// The members that have a value.
    static func said(_ members: KeyValuePairs<String, JSONValue?>) -> [String: JSONValue] {
        var object: [String: JSONValue] = [:]
        for case (let key, let value?) in members { object[key] = value }
        return object
    }
}
