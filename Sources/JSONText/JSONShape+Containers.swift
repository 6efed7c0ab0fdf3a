extension JSONShape {
    /// Checks an array's length, then its items in order; the first has a shape of its own where `first` is one.
    static func check(
        _ items: [JSONValue],
        _ shape: JSONShape,
        minimum: Int,
        first: JSONShape? = nil
    ) throws(JSONShapeError) {
        guard items.count >= minimum else {
            let least = minimum == 1 ? "1 item" : "\(minimum) items"
            throw JSONShapeError(path: "", message: "expected at least \(least), found \(items.count)")
        }
        for index in items.indices {
            do throws(JSONShapeError) {
                try (index == 0 ? first ?? shape : shape).check(items[index])
            } catch {
                throw error.inside("[\(index)]")
            }
        }
    }

    /// Checks an object's keys and values in the order of the keys' bytes.
    static func check(
        _ members: [String: JSONValue],
        keys rule: JSONStringRule,
        _ shape: JSONShape
    ) throws(JSONShapeError) {
        for (key, value) in members.sortedByKey() {
            let problem = rule.problem(with: key)
            do throws(JSONShapeError) {
                if let problem {
                    throw JSONShapeError(path: "", message: "bad key: \(problem)")
                }
                try shape.check(value)
            } catch {
                throw error.inside(JSONPathText.excerpt(key))
            }
        }
    }
}

extension JSONObjectShape {
    /// Checks that every key is known, then the fields in order.
    func check(_ members: [String: JSONValue]) throws(JSONShapeError) {
        // Comparing with each name is cheaper than hashing: objects have few fields.
        var values = [JSONValue?](repeating: nil, count: fields.count)
        for (key, value) in members {
            guard let index = index(of: key) else { throw unknownKey(in: members) }
            values[index] = value
        }
        for index in fields.indices {
            guard let value = values[index] else {
                guard fields[index].required else { continue }
                throw JSONShapeError(path: "", message: "missing key \(JSONExcerpt.quoted(names[index]))")
            }
            do throws(JSONShapeError) {
                try fields[index].shape.check(value)
            } catch {
                throw error.inside(JSONPathText.excerpt(names[index]))
            }
        }
    }

    /// The error for the first key, by its bytes, that no field has.
    private func unknownKey(in members: [String: JSONValue]) -> JSONShapeError {
        let key = members.sortedKeys().first { index(of: $0) == nil } ?? ""
        let suggestion = JSONKeySuggestion.nearest(to: key, among: names)
        let hint = suggestion.map { "; did you mean \(JSONExcerpt.quoted($0))?" } ?? ""
        return JSONShapeError(
            path: JSONPathText.excerpt(key),
            message: "unknown key \(JSONExcerpt.quoted(key))\(hint)"
        )
    }
}
