/// The types of JSON as messages and choices tell them apart.
enum JSONKind: Sendable {
    case null
    case bool
    case integer
    case number
    case string
    case array
    case object

    /// The kind in a sentence: "an integer".
    var article: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    /// The kind of this value.
    var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer: .integer
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
