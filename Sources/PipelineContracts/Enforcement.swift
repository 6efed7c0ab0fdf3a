package import JSONText

/// `enforcement.json`: for each control asked for, by what it is enforced, or why it can't be.
package struct Enforcement: Sendable, Hashable {
    package enum Answer: String, Sendable, Hashable, CaseIterable {
        case enforced, stronger, missing
        case notNeeded = "not needed"
    }

    /// One control: its field in the spec, what was asked, the answer.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package let asked: JSONValue
        package let answer: Answer
        /// By what it is enforced, or why it is not.
        package let detail: String

        package init(name: String, asked: JSONValue, answer: Answer, detail: String) {
            self.name = name
            self.asked = asked
            self.answer = answer
            self.detail = detail
        }

        package init(_ json: JSONValue) throws(JSONShapeError) {
            name = try json.string("name")
            asked = try json.required("asked")
            guard let answer = Answer(rawValue: try json.string("answer")) else {
                throw JSONShapeError(path: "answer", message: "is unknown")
            }
            self.answer = answer
            detail = try json.string(Self.detailKey(answer))
        }

        package var json: JSONValue {
            [
                "name": .string(name), "asked": asked, "answer": .string(answer.rawValue),
                Self.detailKey(answer): .string(detail),
            ]
        }

        private static func detailKey(_ answer: Answer) -> String { answer == .missing ? "why" : "by" }
    }

    /// Sorted by name.
    package let controls: [Entry]

    package init(controls: [Entry]) { self.controls = controls.sorted { $0.name < $1.name } }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var controls: [Entry] = []
        for entry in try json.array("controls") { controls.append(try Entry(entry)) }
        self.controls = controls
    }

    package var json: JSONValue {
        ["schema": "sbxpipe.enforcement/v1", "controls": .array(controls.map(\.json))]
    }
}
