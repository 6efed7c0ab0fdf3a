package import JSONText

extension SpecShape {
    /// Checks a document against `spec`, and what the language of shapes can't say: that a limit has two values.
    package static func check(_ json: JSONValue) throws(JSONShapeError) {
        try spec.check(json)
        for (name, value) in json["resources"]?["rlimits"]?.objectValue ?? [:] {
            guard let values = value.arrayValue, values.count != 2 else { continue }
            throw JSONShapeError(
                path: "resources.rlimits.\(name)",
                message: "expected two values, soft and hard, found \(values.count)"
            )
        }
    }
}
