import JSONText

/// The kinds of text that fields take, each with its words for messages and its pattern for the schema.
enum TextRule {
    static let name = JSONStringRule.pattern(
        "^(?!last$)(?![0-9A-Fa-f]{8,}$)[A-Za-z_][A-Za-z0-9._-]*$",
        description: "a name of letters, digits, \".\", \"_\" and \"-\" that is neither \"last\" nor like a digest",
        check: SpecName.isValid
    )
    static let argument = JSONStringRule.pattern(
        "^[^\\u0000]*$",
        description: "a text without NUL",
        check: isPlain
    ).limited(to: VariableName.maximumEntryLength)
    static let commandName = JSONStringRule.pattern(
        "^[^\\u0000]+$",
        description: "the command's name, not empty and without NUL",
        check: { !$0.isEmpty && isPlain($0) }
    ).limited(to: VariableName.maximumEntryLength)
    static let variable = JSONStringRule.pattern(
        "^[^=\\u0000]+$",
        description: "a variable's name, not empty and without \"=\" and NUL",
        check: VariableName.isValid
    )
    static let hostPath = JSONStringRule.pattern(
        "^[^\\u0000]+$",
        description: "a path, not empty and without NUL",
        check: { !$0.isEmpty && isPlain($0) }
    ).limited(to: InsidePath.maximumLength)
    static let word = JSONStringRule.pattern(
        "^[^\\u0000]+$",
        description: "a name, not empty and without NUL",
        check: { !$0.isEmpty && isPlain($0) }
    )
    static let insidePath = JSONStringRule.pattern(
        "^/(?!([^\\u0000]*/)?\\.\\.(/|$))[^\\u0000]*$",
        description: "an absolute path without \"..\"",
        check: InsidePath.isAbsolute
    )
    static let insideOrHomePath = JSONStringRule.pattern(
        "^(?![^\\u0000]*/\\.\\.(/|$))(/|~$|~/)[^\\u0000]*$",
        description: "a path that begins with \"/\" or \"~\", without \"..\"",
        check: InsidePath.isAbsoluteOrHome
    )
    static let pathEntry = JSONStringRule.pattern(
        "^/[^:\\u0000]*$",
        description: "an absolute path without \"..\" and \":\"",
        check: { InsidePath.isAbsolute($0) && !$0.utf8.contains(UInt8(ascii: ":")) }
    )
    static let glob = JSONStringRule.pattern(
        "^[^\\u0000]+$",
        description: "a glob such as \"LC_*\"",
        check: { !$0.isEmpty && isPlain($0) && Glob($0) != nil }
    )
    static let insideGlob = JSONStringRule.pattern(
        "^/(?!([^\\u0000]*/)?\\.\\.(/|$))[^\\u0000]*$",
        description: "an absolute path or glob without \"..\"",
        check: { InsidePath.isAbsolute($0) && Glob($0) != nil }
    )
    static let size = JSONStringRule.pattern(
        "^([0-9]+|[0-9]+(\\.[0-9]{1,9})?[KMGTkmgt])$",
        description: "a size such as \"512M\" or \"1.5G\"",
        check: { ByteSize($0) != nil }
    )
    static let grace = JSONStringRule.pattern(
        timePattern,
        description: "a time such as \"500ms\", \"30s\" or \"2m\"",
        check: { TimeSpan($0) != nil }
    )
    static let timeout = JSONStringRule.pattern(
        timePattern,
        description: "a time above zero such as \"500ms\", \"30s\" or \"2m\"",
        check: { (TimeSpan($0)?.nanoseconds ?? 0) > 0 }
    )
    static let mode = JSONStringRule.pattern(
        "^[0-7]{3,4}$",
        description: "three or four octal digits",
        check: { FileMode($0) != nil }
    )
    static let hostname = JSONStringRule.pattern(
        "^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$",
        description: "a host name of letters, digits, \".\", \"_\" and \"-\"",
        check: isHostname
    ).limited(to: 64)
    static let capability = JSONStringRule.pattern(
        capabilityPattern(),
        description: "a capability such as \"NET_ADMIN\"",
        check: { Capability($0) != nil }
    )
    static let capabilityOrAll = JSONStringRule.pattern(
        capabilityPattern(or: Spec.CapabilityRules.wordsForAll),
        description: "\"ALL\" or a capability such as \"NET_ADMIN\"",
        check: { Spec.CapabilityRules.isAll($0) || Capability($0) != nil }
    )

    private static let timePattern = "^[0-9]+(\\.[0-9]{1,9})?(ms|s|m|h)$"

    /// All known names in either case, with or without the prefix, and `words` as they are.
    private static func capabilityPattern(or words: [String] = []) -> String {
        func inEitherCase(_ text: String) -> String {
            text.map { $0.isLetter ? "[\($0)\($0.lowercased())]" : String($0) }.joined()
        }
        let prefix = "CAP_"
        let names = Capability.all.map { inEitherCase(String($0.name.dropFirst(prefix.count))) }.joined(separator: "|")
        let others = words.map { "|" + $0 }.joined()
        return "^((\(inEitherCase(prefix)))?(\(names))\(others))$"
    }

    private static func isPlain(_ text: String) -> Bool { !text.utf8.contains(0) }

    /// Whether the kernel and DNS both take it: no sign of its own at either end (hostname(7), HOST_NAME_MAX 64).
    private static func isHostname(_ text: String) -> Bool {
        func isInner(_ byte: UInt8) -> Bool { isOuter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") }
        func isOuter(_ byte: UInt8) -> Bool {
            (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "_")
        }
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isOuter(first) && isOuter(last) && text.utf8.allSatisfy(isInner)
    }
}
