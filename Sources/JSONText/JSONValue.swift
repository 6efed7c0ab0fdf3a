/// A JSON document, or a part of one, as a Swift value.
///
/// Two values are equal when their canonical bytes are: strings and keys are compared by their UTF-8 bytes, not by
/// Unicode's canonical equivalence as `String` does, and `integer(1)` differs from `number(1)`. The one exception is
/// that of `Double`: `number(-0.0)` equals `number(0.0)`, and a NaN equals nothing.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent.
    case integer(Int64)
    /// A number with a fraction or an exponent; finite in everything that was parsed.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.integer(let one), .integer(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): sameMembers(one, other)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }

    private static func sameMembers(_ one: [String: JSONValue], _ other: [String: JSONValue]) -> Bool {
        guard one.count == other.count else { return false }
        for (key, value) in one {
            guard let index = other.index(forKey: key) else { return false }
            let member = other[index]
            guard member.key.hasSameBytes(as: key), member.value == value else { return false }
        }
        return true
    }
}
