import JSONText

/// `--secret NAME[=env:VAR|file:PATH]`; without a source it is the caller's variable of that name.
enum SecretFlag {
    static func secret(_ text: String) throws(SpecError) -> (name: String, json: JSONValue) {
        let form = "NAME[=env:VAR|file:PATH]"
        let parts = try FlagText.split(text, at: "=", flag: "--secret", form: form, 1...2)
        guard VariableName.isValid(parts[0]) else { throw FlagText.wrong(text, flag: "--secret", form: form) }
        guard parts.count == 2 else { return (parts[0], ["env": .string(parts[0])]) }
        let source = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard source.count == 2, !source[1].isEmpty, source[0] == "env" || source[0] == "file" else {
            // The text may hold a value that was meant to be secret: it is not shown.
            throw SpecError(source: "--secret", field: "", message: "expected \(form) for \(FlagText.quoted(parts[0]))")
        }
        return (parts[0], [String(source[0]): .string(String(source[1]))])
    }
}
