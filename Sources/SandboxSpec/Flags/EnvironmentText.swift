/// Variables as `-e` and the files of `--env-file` have them.
enum EnvironmentText {
    /// `KEY=VAL`, or `KEY` for the caller's value; nil when the caller has none.
    static func variable(
        _ text: String,
        flag: String,
        _ lookup: (String) -> String?
    ) throws(SpecError) -> (name: String, value: String)? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard VariableName.isValid(name) else {
            // What follows the first sign may be a secret's value: only the form is shown.
            throw SpecError(source: flag, field: "", message: "expected KEY[=VALUE], with a name before \"=\"")
        }
        if parts.count == 2 { return (name, String(parts[1])) }
        return lookup(name).map { (name, $0) }
    }

    /// A line each, as docker has it: values are taken as they are, quotes too; `#` begins a comment line; white space
    /// before a name is passed over, within one it is an error.
    static func variables(
        _ file: RunFlags.EnvironmentFile,
        _ lookup: (String) -> String?
    ) throws(SpecError) -> [(name: String, value: String)] {
        var variables: [(String, String)] = []
        let lines = file.text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, raw) in lines.enumerated() {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.first == "#" { continue }
            let name = line.prefix { $0 != "=" }
            guard VariableName.isValid(String(name)), !name.contains(where: \.isWhitespace) else {
                throw SpecError(
                    source: "--env-file",
                    field: "\(file.name): line \(index + 1)",
                    message: "expected KEY[=VALUE], with a name before \"=\""
                )
            }
            if let pair = try variable(String(line), flag: "--env-file", lookup) { variables.append(pair) }
        }
        return variables
    }
}
