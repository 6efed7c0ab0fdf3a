/// Members of an object by name and type, for documents of our own whose shape is known.
///
/// Each throws a ``JSONShapeError`` that names the member when it is missing or of another type.
extension JSONValue {
    package func required(_ key: String) throws(JSONShapeError) -> JSONValue {
        guard let value = self[key] else { throw JSONShapeError(path: key, message: "missing") }
        return value
    }

    package func string(_ key: String) throws(JSONShapeError) -> String {
        guard let value = try required(key).stringValue else {
            throw JSONShapeError(path: key, message: "expected a string")
        }
        return value
    }

    package func integer(_ key: String) throws(JSONShapeError) -> Int64 {
        guard let value = try required(key).integerValue else {
            throw JSONShapeError(path: key, message: "expected an integer")
        }
        return value
    }

    package func boolean(_ key: String) throws(JSONShapeError) -> Bool {
        guard let value = try required(key).boolValue else {
            throw JSONShapeError(path: key, message: "expected true or false")
        }
        return value
    }

    package func array(_ key: String) throws(JSONShapeError) -> [JSONValue] {
        guard let value = try required(key).arrayValue else {
            throw JSONShapeError(path: key, message: "expected an array")
        }
        return value
    }

    package func object(_ key: String) throws(JSONShapeError) -> [String: JSONValue] {
        guard let value = try required(key).objectValue else {
            throw JSONShapeError(path: key, message: "expected an object")
        }
        return value
    }

    /// Strings of an array member.
    package func strings(_ key: String) throws(JSONShapeError) -> [String] {
        var result: [String] = []
        for value in try array(key) {
            guard let text = value.stringValue else {
                throw JSONShapeError(path: key, message: "expected strings")
            }
            result.append(text)
        }
        return result
    }

    /// An object without the members that are nil.
    package static func members(_ members: [String: JSONValue?]) -> JSONValue {
        .object(members.compactMapValues { $0 })
    }

    package static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }
}
