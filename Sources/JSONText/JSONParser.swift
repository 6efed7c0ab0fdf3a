/// The one reader of JSON: a lexical pass that refuses what is doubtful, then json-c in its strict mode.
package enum JSONParser {
    /// The greatest value that `maximumDepth` has an effect with; values are built and freed by recursion.
    package static let greatestDepth = 512

    /// Parses one document of UTF-8 text (RFC 8259), more strictly than json-c does.
    ///
    /// Refused are: duplicate keys (also canonically equivalent ones, which a dictionary can't tell apart), a NUL in a
    /// key, single quotes, `NaN` and `Infinity`, lone surrogates, invalid UTF-8, a byte order mark, integers beyond
    /// `Int64`, numbers beyond `Double`, control characters in strings, trailing commas, bytes after the document,
    /// and nesting deeper than `maximumDepth` arrays and objects. Numbers are read the same in every locale.
    ///
    /// - Parameters:
    ///   - bytes: The document; no terminating NUL.
    ///   - comments: Whether `//` and `/* */` are taken for white space. An unterminated one is an error.
    ///   - maximumDepth: How many arrays and objects may lie within each other, at most `greatestDepth`.
    /// - Returns: The document as a value.
    /// - Throws: What is wrong first, with line and column.
    package static func parse(
        _ bytes: [UInt8],
        comments: Bool = false,
        maximumDepth: Int = 64
    ) throws(JSONSyntaxError) -> JSONValue {
        let depth = min(max(maximumDepth, 0), greatestDepth)
        var scanner = JSONScanner(bytes, acceptsComments: comments, maximumDepth: depth)
        try scanner.scan()
        let (value, memberCount) = try JSONTokener.parse(scanner.blanked ?? bytes, maximumDepth: depth)
        // json-c lets a repeated key overwrite the one before: then fewer members arrive than were read.
        guard memberCount == scanner.memberCount else {
            throw duplicateKey(in: scanner.blanked ?? bytes, maximumDepth: depth)
        }
        return value
    }

    /// Looks for the first duplicate key in a document that is known to have one.
    private static func duplicateKey(in bytes: [UInt8], maximumDepth: Int) -> JSONSyntaxError {
        var scanner = JSONScanner(bytes, acceptsComments: false, maximumDepth: maximumDepth)
        scanner.keys = JSONKeyRecord()
        do throws(JSONSyntaxError) {
            try scanner.scan()
        } catch {
            return error
        }
        return JSONSyntaxError("duplicate key", at: 0, in: bytes)
    }
}
