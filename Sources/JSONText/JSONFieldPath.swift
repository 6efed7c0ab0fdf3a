/// The path of a field of a document, as `--set PATH=VALUE` has it.
///
/// Written `a.b[2].c`. A key with a dot, a bracket, a quote or a control character is written `["a.b"]`, with JSON's
/// escapes. `[+]` stands for a new item at an array's end. A path has from 1 to `greatestLength` steps.
package struct JSONFieldPath: Sendable, Hashable, CustomStringConvertible {
    /// How many steps a path may have: as deep as a document may be nested by default.
    package static let greatestLength = 64

    /// One step into a document.
    package enum Step: Sendable, Hashable {
        /// The member of that key.
        case key(String)
        /// The item of that index, from 0.
        case index(Int)
        /// A new item at the end.
        case append
    }

    /// The steps from the whole document to the field.
    package let steps: [Step]

    /// Reads a path; the error's path is empty, as there is no document yet.
    package init(parsing text: String) throws(JSONShapeError) {
        var reader = JSONFieldPathReader(text)
        self.steps = try reader.readSteps(untilAssignment: false)
    }

    /// Reads `PATH=VALUE`: the value is all that follows the first `=` outside brackets, and may be empty.
    package static func parsing(
        assignment text: String
    ) throws(JSONShapeError) -> (path: JSONFieldPath, value: String) {
        var reader = JSONFieldPathReader(text)
        let steps = try reader.readSteps(untilAssignment: true)
        return (JSONFieldPath(steps: steps), reader.rest)
    }

    private init(steps: [Step]) {
        self.steps = steps
    }

    /// The path in its one form, which reads back as the same path.
    package var description: String {
        Self.text(of: steps[...])
    }

    /// The text of a part of a path.
    static func text(of steps: ArraySlice<Step>) -> String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text = JSONPathText.joined(text, JSONPathText.component(key))
            case .index(let index): text += "[\(index)]"
            case .append: text += "[+]"
            }
        }
    }
}
