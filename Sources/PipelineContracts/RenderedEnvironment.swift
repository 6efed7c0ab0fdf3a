package import JSONText

/// `env.json`: the exact environment of the command.
package struct RenderedEnvironment: Sendable, Hashable {
    /// Where a value comes from.
    package enum Origin: String, Sendable, Hashable, CaseIterable {
        case inherited, set, path, broker, image, workdir
    }

    package struct Variable: Sendable, Hashable {
        package let name: String
        package let value: String
        package let origin: Origin

        package init(name: String, value: String, origin: Origin) {
            self.name = name
            self.value = value
            self.origin = origin
        }
    }

    /// Sorted by the bytes of the names, each name once; two that differ in their Unicode normal form are two.
    package let variables: [Variable]

    package init(variables: [Variable]) {
        self.variables = variables.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package subscript(name: String) -> String? { variables.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var variables: [Variable] = []
        for entry in try json.array("variables") {
            guard let origin = Origin(rawValue: try entry.string("origin")) else {
                throw JSONShapeError(path: "variables", message: "has an unknown origin")
            }
            let variable = Variable(name: try entry.string("name"), value: try entry.string("value"), origin: origin)
            variables.append(variable)
        }
        self.variables = variables
    }

    package var json: JSONValue {
        let entries = variables.map { variable -> JSONValue in
            [
                "name": .string(variable.name),
                "value": .string(variable.value),
                "origin": .string(variable.origin.rawValue),
            ]
        }
        return ["schema": "sbxpipe.env/v1", "variables": .array(entries)]
    }
}
