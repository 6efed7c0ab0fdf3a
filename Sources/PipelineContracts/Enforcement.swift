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
        /// Ids of the doctor's probes that it forbids; none where it is missing or not needed.
        package let probes: [String]

        package init(name: String, asked: JSONValue, answer: Answer, detail: String, probes: [String] = []) {
            self.name = name
            self.asked = asked
            self.answer = answer
            self.detail = detail
            self.probes = probes
        }

        package init(_ json: JSONValue) throws(JSONShapeError) {
            name = try json.string("name")
            asked = try json.required("asked")
            guard let answer = Answer(rawValue: try json.string("answer")) else {
                throw JSONShapeError(path: "answer", message: "is unknown")
            }
            self.answer = answer
            detail = try json.string(Self.detailKey(answer))
            probes = json["probes"] == nil ? [] : try json.strings("probes")
        }

        package var json: JSONValue {
            .members([
                "name": .string(name), "asked": asked, "answer": .string(answer.rawValue),
                Self.detailKey(answer): .string(detail), "probes": probes.isEmpty ? nil : .strings(probes),
            ])
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
