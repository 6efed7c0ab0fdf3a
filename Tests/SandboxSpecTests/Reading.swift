import JSONText
import SandboxSpec

/// A spec from text, with `{ "command": ["true"] }` around the members unless they name one.
func spec(_ members: String) throws(SpecError) -> Spec {
    try SpecText.load(Array(wrapped(members).utf8), file: "dir/sandbox.json")
}

/// The line of the error that a spec's text gives, without the file, or nil when there is none.
func problem(_ members: String) -> String? {
    do throws(SpecError) {
        _ = try spec(members)
        return nil
    } catch {
        var error = error
        error.source = ""
        return error.description
    }
}

private func wrapped(_ members: String) -> String {
    let command = members.contains("\"command\"") ? "" : "\"command\": [\"true\"]\(members.isEmpty ? "" : ",")"
    return "{\(command)\(members)}"
}
