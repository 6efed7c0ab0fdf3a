package import JSONText

/// `--set PATH=VALUE`: any field of the spec.
package enum SetFlag {
    /// Applies assignments in order.
    ///
    /// A value is taken as JSON where that fits the field, else as a string: `hostname=7` and `resources.pids=7` both
    /// mean what they say. The whole is not checked: `SpecText.spec` does that when all flags are applied.
    package static func apply(_ assignments: [String], to json: JSONValue) throws(SpecError) -> JSONValue {
        var json = json
        for assignment in assignments {
            do throws(JSONShapeError) {
                json = try apply(assignment, to: json)
            } catch {
                throw SpecError(error, source: "--set")
            }
        }
        return json
    }

    private static func apply(_ assignment: String, to json: JSONValue) throws(JSONShapeError) -> JSONValue {
        let (path, text) = try JSONFieldPath.parsing(assignment: assignment)
        let shapes = SpecShape.spec.shapes(at: path.steps[...])
        guard !shapes.isEmpty else {
            // The whole document's error knows which step is unknown, and what may have been meant.
            try SpecShape.spec.check(path.setting(.string(text), in: json))
            throw JSONShapeError(path: path.description, message: "no such field")
        }
        return try path.setting(value(text, shape: .choice(shapes), path: path.description), in: json)
    }

    private static func value(_ text: String, shape: JSONShape, path: String) throws(JSONShapeError) -> JSONValue {
        let parsed = try? JSONParser.parse(Array(text.utf8))
        if let parsed, accepts(shape, parsed) { return parsed }
        do throws(JSONShapeError) {
            try shape.check(.string(text), at: path)
        } catch {
            // Where no string is wanted, what is wrong with the parsed value says more.
            if let parsed, error.message.hasSuffix("found a string") { try shape.check(parsed, at: path) }
            throw error
        }
        return .string(text)
    }

    private static func accepts(_ shape: JSONShape, _ value: JSONValue) -> Bool {
        do throws(JSONShapeError) {
            try shape.check(value)
            return true
        } catch {
            return false
        }
    }
}
