import JSONText

/// Parses a literal.
func parsed(_ text: String, comments: Bool = false, maximumDepth: Int = 64) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8), comments: comments, maximumDepth: maximumDepth)
}

/// The error's text for a document, or nil when it is taken.
func refusal(_ text: String, comments: Bool = false, maximumDepth: Int = 64) -> String? {
    refusal(Array(text.utf8), comments: comments, maximumDepth: maximumDepth)
}

/// The error's text for a document, or nil when it is taken.
func refusal(_ bytes: [UInt8], comments: Bool = false, maximumDepth: Int = 64) -> String? {
    do throws(JSONSyntaxError) {
        _ = try JSONParser.parse(bytes, comments: comments, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error.description
    }
}

/// The error of a shape for a value, or nil when it is taken.
func problem(_ shape: JSONShape, _ value: JSONValue, at path: String = "") -> String? {
    do throws(JSONShapeError) {
        try shape.check(value, at: path)
        return nil
    } catch {
        return error.description
    }
}
