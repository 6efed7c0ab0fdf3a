extension JSONFieldPath {
    /// A document with one field set, all else as it was.
    ///
    /// Objects that are missing on the way are made, and so is an array that `[+]` appends to; the last step may
    /// replace a value of any kind.
    ///
    /// - Throws: When a step leads into a value of another kind, `null` included, or past an array's end, or to a key
    ///   that differs from one there in its Unicode normal form alone; the error's path is that of this value.
    package func setting(_ new: JSONValue, in root: JSONValue) throws(JSONShapeError) -> JSONValue {
        try edited(root, at: 0, new)
    }

    private func edited(_ value: JSONValue?, at depth: Int, _ new: JSONValue) throws(JSONShapeError) -> JSONValue {
        guard depth < steps.count else { return new }
        switch steps[depth] {
        case .key(let key):
            var members: [String: JSONValue] = [:]
            if let value {
                guard case .object(let present) = value else { throw mismatch(.object, value, at: depth) }
                members = present
            }
            if let index = members.index(forKey: key), !members[index].key.hasSameBytes(as: key) {
                throw failure(
                    "\(JSONExcerpt.quoted(key)) is there in another Unicode normal form, and an object holds one of them",
                    at: depth
                )
            }
            members[key] = try edited(members[key], at: depth + 1, new)
            return .object(members)
        case .index(let index):
            var items = try items(of: value, at: depth)
            guard index < items.count else {
                let count = items.count == 1 ? "1 item" : "\(items.count) items"
                throw failure("there is no item \(index): the array has \(count)", at: depth)
            }
            items[index] = try edited(items[index], at: depth + 1, new)
            return .array(items)
        case .append:
            return .array(try items(of: value, at: depth) + [edited(nil, at: depth + 1, new)])
        }
    }

    private func items(of value: JSONValue?, at depth: Int) throws(JSONShapeError) -> [JSONValue] {
        guard let value else { return [] }
        guard case .array(let items) = value else { throw mismatch(.array, value, at: depth) }
        return items
    }

    private func mismatch(_ kind: JSONKind, _ found: JSONValue, at depth: Int) -> JSONShapeError {
        failure("expected \(kind.article), found \(found.kind.article)", at: depth)
    }

    private func failure(_ message: String, at depth: Int) -> JSONShapeError {
        JSONShapeError(path: Self.text(of: steps[..<depth]), message: message)
    }
}
