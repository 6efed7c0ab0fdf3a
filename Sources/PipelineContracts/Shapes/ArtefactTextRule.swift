import ContentAddressing
import JSONText

/// The kinds of text in artefacts, each with its words for messages and its pattern for the schema.
enum ArtefactTextRule {
    static let digest = JSONStringRule.pattern(
        "^sha256:[0-9a-f]{64}$",
        description: "sha256: and 64 lower-case hex digits",
        check: { Digest($0) != nil }
    )
    static let timestamp = JSONStringRule.pattern(
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
        description: "a time of RFC 3339 in UTC with milliseconds",
        check: { hasForm("0000-00-00T00:00:00.000Z", $0) }
    )
    static let runID = JSONStringRule.pattern(
        "^[0-9a-f]{32}$",
        description: "32 lower-case hex digits",
        check: { $0.utf8.count == 32 && $0.utf8.allSatisfy(Digest.isHexDigit) }
    )
    static let capabilityMask = JSONStringRule.pattern(
        "^([0-9a-f]{16})?$",
        description: "16 lower-case hex digits, or nothing",
        check: { [0, 16].contains($0.utf8.count) && $0.utf8.allSatisfy(Digest.isHexDigit) }
    )
    static let capability = JSONStringRule.pattern(
        "^CAP_[A-Z_]+$",
        description: "a capability such as \"CAP_NET_ADMIN\"",
        check: { name in
            name.hasPrefix("CAP_") && name.utf8.count > 4
                && name.utf8.allSatisfy { ($0 >= 0x41 && $0 <= 0x5A) || $0 == UInt8(ascii: "_") }
        }
    )
    static let absolutePath = JSONStringRule.pattern(
        "^/[^\\u0000]*$",
        description: "an absolute path",
        check: { $0.utf8.first == UInt8(ascii: "/") && !$0.utf8.contains(0) }
    )
    static let mountPlace = JSONStringRule.pattern(
        "^(/|~$|~/|@[a-z])[^\\u0000]*$",
        description: "a path that begins with \"/\" or \"~\", or a symbol that begins with \"@\"",
        check: isMountPlace
    )
    static let permissions = JSONStringRule.pattern(
        "^[0-7]{2,4}$",
        description: "octal digits",
        check: { (2...4).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x37 } }
    )
    static let variable = JSONStringRule.pattern(
        "^[^=\\u0000]+$",
        description: "a variable's name, not empty and without \"=\" and NUL",
        check: { !$0.isEmpty && !$0.utf8.contains(0) && !$0.utf8.contains(UInt8(ascii: "=")) }
    )
    static let fileName = JSONStringRule.pattern(
        "^[^/\\u0000]+$",
        description: "a file's name, not empty and without \"/\" and NUL",
        check: { !$0.isEmpty && !$0.utf8.contains(0) && !$0.utf8.contains(UInt8(ascii: "/")) }
    )

    private static func isMountPlace(_ text: String) -> Bool {
        guard !text.utf8.contains(0) else { return false }
        if text.hasPrefix("/") || text == "~" || text.hasPrefix("~/") { return true }
        guard text.hasPrefix("@"), let second = text.utf8.dropFirst().first else { return false }
        return (0x61...0x7A).contains(second)
    }

    /// Whether a text is like the model: a digit where it has one, else the same byte.
    private static func hasForm(_ model: String, _ text: String) -> Bool {
        guard text.utf8.count == model.utf8.count else { return false }
        return zip(model.utf8, text.utf8).allSatisfy { wanted, found in
            wanted == UInt8(ascii: "0") ? (0x30...0x39).contains(found) : wanted == found
        }
    }
}
