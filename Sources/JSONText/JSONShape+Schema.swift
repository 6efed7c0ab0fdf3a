extension JSONShape {
    /// The shape as a fragment of JSON Schema, draft 2020-12.
    ///
    /// What a check function of `JSONStringRule.pattern` decides beyond its pattern, and lengths in bytes, can't be said
    /// there: the schema takes all that `check` takes, and sometimes more.
    package func schema() -> JSONValue {
        .object(schemaMembers())
    }

    /// A whole schema document.
    ///
    /// - Parameters:
    ///   - id: The schema's `$id`, an absolute URI without a fragment.
    ///   - title: Its short name.
    ///   - description: What it describes.
    /// - Returns: The shape's fragment with `$schema` and these three.
    package func document(id: String, title: String, description: String) -> JSONValue {
        var members = schemaMembers()
        members["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        members["$id"] = .string(id)
        members["title"] = .string(title)
        members["description"] = .string(description)
        return .object(members)
    }

    private func schemaMembers() -> [String: JSONValue] {
        switch self {
        case .any: [:]
        case .bool: ["type": "boolean"]
        case .null: ["type": "null"]
        case .constant(let value): ["const": value]
        case .string(let rule): rule.schemaMembers
        case .integer(let range): Self.schema(of: "integer", range)
        case .number(let range): Self.schema(of: "number", range)
        case .array(let item, let minimum): Self.schema(ofArrayOf: item, minimum: minimum)
        case .sequence(let first, let rest):
            ["type": "array", "prefixItems": [first.schema()], "items": rest.schema(), "minItems": 1]
        case .map(let keys, let value): Self.schema(ofMapOf: value, keys: keys)
        case .object(let shape): shape.schemaMembers
        case .choice(let alternatives): Self.schema(ofChoice: alternatives)
        }
    }

    private static func schema(of type: String, _ range: ClosedRange<Int64>) -> [String: JSONValue] {
        let bounds = bounds(of: range)
        var members: [String: JSONValue] = ["type": .string(type)]
        members["minimum"] = bounds.lower.map(JSONValue.integer)
        members["maximum"] = bounds.upper.map(JSONValue.integer)
        return members
    }

    private static func schema(of type: String, _ range: ClosedRange<Double>) -> [String: JSONValue] {
        let bounds = bounds(of: range)
        var members: [String: JSONValue] = ["type": .string(type)]
        members["minimum"] = bounds.lower.map(JSONValue.number)
        members["maximum"] = bounds.upper.map(JSONValue.number)
        return members
    }

    private static func schema(ofArrayOf item: JSONShape, minimum: Int) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["type": "array", "items": item.schema()]
        members["minItems"] = minimum > 0 ? .integer(Int64(minimum)) : nil
        return members
    }

    private static func schema(ofMapOf value: JSONShape, keys: JSONStringRule) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["type": "object", "additionalProperties": value.schema()]
        var names = keys.schemaMembers
        names["type"] = nil
        members["propertyNames"] = names.isEmpty ? nil : .object(names)
        return members
    }

    private static func schema(ofChoice alternatives: [JSONShape]) -> [String: JSONValue] {
        let constants = alternatives.compactMap { alternative -> JSONValue? in
            guard case .constant(let value) = alternative else { return nil }
            return value
        }
        let areConstants = constants.count == alternatives.count
        return areConstants ? ["enum": .array(constants)] : ["anyOf": .array(alternatives.map { $0.schema() })]
    }
}

extension JSONObjectShape {
    fileprivate var schemaMembers: [String: JSONValue] {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            properties[field.name] = field.schema
        }
        var members: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        members["required"] = requiredNames.isEmpty ? nil : .array(requiredNames.map(JSONValue.string))
        return members
    }
}

extension JSONField {
    fileprivate var schema: JSONValue {
        guard case .object(var members) = shape.schema() else { return shape.schema() }
        if !summary.isEmpty {
            let inherited = members["description"]?.stringValue.map { " (\($0))" } ?? ""
            members["description"] = .string(summary + inherited)
        }
        if let defaultValue {
            members["default"] = defaultValue
        }
        return .object(members)
    }
}

extension JSONStringRule {
    fileprivate var schemaMembers: [String: JSONValue] {
        var members: [String: JSONValue] = ["type": "string"]
        switch form {
        case .any:
            break
        case .nonEmpty:
            members["minLength"] = 1
        case .oneOf(let strings):
            members["enum"] = .array(strings.map(JSONValue.string))
        case .pattern(let pattern, let description, _):
            let expression = pattern()
            members["pattern"] = expression.isEmpty ? nil : .string(expression)
            members["description"] = .string(description)
        }
        members["maxLength"] = maximumLength.map { .integer(Int64($0)) }
        return members
    }
}
