package import JSONText

/// From bytes to a checked spec.
package enum SpecText {
    /// Reads a spec's text: JSON with comments, of the right shape, without contradictions.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - file: Its path, for errors, and for the name where the spec has none.
    /// - Returns: The spec.
    /// - Throws: The first thing that is wrong.
    package static func load(_ bytes: [UInt8], file: String) throws(SpecError) -> Spec {
        try checked(parse(bytes, file: file), source: file, name: SpecName.derived(fromFile: file))
    }

    /// The first half of `load`, for flags to edit: the text as JSON of the right shape.
    package static func parse(_ bytes: [UInt8], file: String) throws(SpecError) -> JSONValue {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONParser.parse(bytes, comments: true)
        } catch {
            throw SpecError(error, source: file)
        }
        try check(json, source: file)
        return json
    }

    /// The second half of `load`: a spec from JSON, wherever it is from.
    ///
    /// - Parameters:
    ///   - json: Checked here, so that edits need not be.
    ///   - source: What errors name as the place.
    ///   - name: The name of a spec that has none.
    /// - Returns: The spec.
    /// - Throws: The first thing that is wrong.
    package static func spec(from json: JSONValue, source: String, name: String) throws(SpecError) -> Spec {
        try check(json, source: source)
        return try checked(json, source: source, name: name)
    }

    private static func checked(_ json: JSONValue, source: String, name: String) throws(SpecError) -> Spec {
        let spec = Spec(validated: json, name: name)
        if var problem = SpecRules.problems(in: spec).first {
            problem.source = source
            throw problem
        }
        return spec
    }

    private static func check(_ json: JSONValue, source: String) throws(SpecError) {
        do throws(JSONShapeError) {
            try SpecShape.check(json)
        } catch {
            throw SpecError(error, source: source)
        }
    }
}
