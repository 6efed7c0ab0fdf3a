/// Which strings a shape takes.
package struct JSONStringRule: Sendable {
    /// The rules there are.
    enum Form: Sendable {
        case any
        case nonEmpty
        case oneOf([String])
        case pattern(@Sendable () -> String, description: String, check: @Sendable (String) -> Bool)
    }

    let form: Form
    /// The greatest length in UTF-8 bytes, or nil for none.
    package let maximumLength: Int?

    /// Every string.
    package static let any = JSONStringRule(form: .any, maximumLength: nil)

    /// Every string but the empty one.
    package static let nonEmpty = JSONStringRule(form: .nonEmpty, maximumLength: nil)

    /// These strings, compared byte by byte.
    package static func oneOf(_ strings: [String]) -> JSONStringRule {
        JSONStringRule(form: .oneOf(strings), maximumLength: nil)
    }

    /// The strings that a function takes.
    ///
    /// - Parameters:
    ///   - pattern: A regular expression for the schema (ECMA-262, not anchored by itself); empty for none. Put together
    ///     for the schema alone.
    ///   - description: What the strings are, for messages and the schema: "an absolute path".
    ///   - check: Decides; the pattern is never run.
    /// - Returns: The rule, without a greatest length.
    package static func pattern(
        _ pattern: @autoclosure @escaping @Sendable () -> String,
        description: String,
        check: @escaping @Sendable (String) -> Bool
    ) -> JSONStringRule {
        JSONStringRule(form: .pattern(pattern, description: description, check: check), maximumLength: nil)
    }

    /// The same rule for strings of at most that many UTF-8 bytes; the schema, which can't count bytes, has the number
    /// as that of characters.
    package func limited(to maximumLength: Int) -> JSONStringRule {
        JSONStringRule(form: form, maximumLength: maximumLength)
    }

    private init(form: Form, maximumLength: Int?) {
        self.form = form
        self.maximumLength = maximumLength
    }

    /// What is wrong with a string, as "expected …, found …", or nil when the rule takes it.
    package func problem(with text: String) -> String? {
        let isTaken =
            switch form {
            case .any: true
            case .nonEmpty: !text.isEmpty
            case .oneOf(let strings): strings.contains { $0.hasSameBytes(as: text) }
            case .pattern(_, _, let check): check(text)
            }
        guard isTaken else { return "expected \(expectation), found \(JSONExcerpt.quoted(text))" }
        guard let maximumLength, text.utf8.count > maximumLength else { return nil }
        return "expected at most \(maximumLength) bytes, found \(text.utf8.count)"
    }

    /// What follows "expected" in a message.
    var expectation: String {
        switch form {
        case .any: "a string"
        case .nonEmpty: "a string that is not empty"
        case .oneOf(let strings) where strings.count == 1: JSONExcerpt.quoted(strings[0])
        case .oneOf(let strings): "one of \(strings.map(JSONExcerpt.quoted).joined(separator: ", "))"
        case .pattern(_, let description, _): description
        }
    }
}
