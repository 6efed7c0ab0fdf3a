import JSONText

/// `--rootfs host:ro|host:rw|oci:PATH[:TAG]|image:NAME|tar:PATH|dir:PATH|empty`.
enum RootFlag {
    static func root(_ text: String) throws(SpecError) -> JSONValue {
        if text == "empty" { return ["empty": true] }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { throw wrong(text) }
        let rest = String(parts[1])
        switch parts[0] {
        case "host" where rest == "ro" || rest == "rw": return ["host": .string(rest)]
        case "tar", "dir", "image": return [String(parts[0]): .string(rest)]
        case "oci": return oci(parts[1])
        default: throw wrong(text)
        }
    }

    /// The tag is what follows the last colon, where that is no part of a path; a digest has one itself.
    private static func oci(_ text: Substring) -> JSONValue {
        guard let colon = text.lastIndex(of: ":") else { return ["oci": .string(String(text))] }
        var path = text[..<colon]
        var tag = text[text.index(after: colon)...]
        if path.hasSuffix(":sha256") {
            path = path.dropLast(7)
            tag = "sha256:" + tag
        }
        guard !path.isEmpty, !tag.isEmpty, !tag.contains("/") else { return ["oci": .string(String(text))] }
        return ["oci": .string(String(path)), "ref": .string(String(tag))]
    }

    private static func wrong(_ text: String) -> SpecError {
        let form = "host:ro, host:rw, oci:PATH[:TAG], image:NAME, tar:PATH, dir:PATH or empty"
        return FlagText.wrong(text, flag: "--rootfs", form: form)
    }
}
