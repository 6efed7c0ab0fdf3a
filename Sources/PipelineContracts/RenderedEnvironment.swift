package import JSONText

/// `env.json`: the exact environment of the command.
package struct RenderedEnvironment: Sendable, Hashable {
    /// Where a value comes from.
    package enum Origin: String, Sendable, Hashable, CaseIterable {
        case inherited, set, path, broker, image, workdir, secret
    }

    package struct Variable: Sendable, Hashable {
        package let name: String
        /// Nil for a secret, until launch fills it in.
        package let value: String?
        package let origin: Origin

        /// What stands for a value that is not to be shown.
        package var placeholder: String { "<secret \(name)>" }
        /// The entry as execve(2) takes it, with the placeholder for a secret without value.
        package var entry: String { "\(name)=\(value ?? placeholder)" }

        package init(name: String, value: String?, origin: Origin) {
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

    /// The same with values for its secrets, for launch alone: ``json`` leaves them out.
    package func filled(_ value: (String) -> String?) -> RenderedEnvironment {
        RenderedEnvironment(
            variables: variables.map { variable in
                guard variable.origin == .secret else { return variable }
                return Variable(name: variable.name, value: value(variable.name), origin: .secret)
            }
        )
    }

    /// The same without its secrets.
    package var withoutSecrets: RenderedEnvironment {
        RenderedEnvironment(variables: variables.filter { $0.origin != .secret })
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var variables: [Variable] = []
        for entry in try json.array("variables") {
            guard let origin = Origin(rawValue: try entry.string("origin")) else {
                throw JSONShapeError(path: "variables", message: "has an unknown origin")
            }
            let value = origin == .secret ? nil : try entry.string("value")
            variables.append(Variable(name: try entry.string("name"), value: value, origin: origin))
        }
        self.variables = variables
    }

    package var json: JSONValue {
        let entries = variables.map { variable -> JSONValue in
            .members([
                "name": .string(variable.name),
                "value": variable.origin == .secret ? nil : variable.value.map(JSONValue.string),
                "origin": .string(variable.origin.rawValue),
            ])
        }
        return ["schema": "sbxpipe.env/v1", "variables": .array(entries)]
    }
}
