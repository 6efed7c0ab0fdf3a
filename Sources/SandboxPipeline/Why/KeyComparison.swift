import JSONText

/// What differs between two keys of a stage, down to the fields of each component.
///
/// Lists are compared as sequences: an element that was put in or taken out changes none of the others. So are components
/// that resolve names by their place in a list of the spec (`inputs.mounts[2]`).
struct KeyComparison {
    private(set) var changes: [KeyChange] = []

    init(_ old: [String: JSONValue], _ new: [String: JSONValue]) {
        let before = Self.gathered(old)
        let after = Self.gathered(new)
        for name in Set(before.plain.keys).union(after.plain.keys).sorted() {
            compare(name, before.plain[name], after.plain[name])
        }
        for name in Set(before.lists.keys).union(after.lists.keys).sorted() {
            compare(name, elements: before.lists[name] ?? [], after.lists[name] ?? [])
        }
        changes.sort { $0.component.naturallyPrecedes($1.component) }
    }

    /// Where it is in the list that the spec has, and what the key says of it: by what follows the place in the name.
    private struct Element {
        let index: Int
        let parts: [String: JSONValue]
    }

    private mutating func compare(_ name: String, _ old: JSONValue?, _ new: JSONValue?) {
        if old == new { return }
        switch (old, new) {
        // Another kind of element at the same place has nothing to compare.
        case (.object(let before), .object(let after))
        where !name.hasSuffix("]") || before.keys.contains(where: { after[$0] != nil }):
            compare(name, before, after)
        // A part of the spec that is left out has its defaults, so what is said in it is what changed.
        case (nil, .object(let after)) where name.hasPrefix("spec.") && !name.hasSuffix("]"): compare(name, [:], after)
        case (.object(let before), nil) where name.hasPrefix("spec.") && !name.hasSuffix("]"):
            compare(name, before, [:])
        case (.array(let before), .array(let after)):
            compare(
                name,
                elements: before.enumerated().map { Element(index: $0.offset, parts: ["": $0.element]) },
                after.enumerated().map { Element(index: $0.offset, parts: ["": $0.element]) }
            )
        default: changes.append(KeyChange(component: name, old: old, new: new))
        }
    }

    private mutating func compare(_ name: String, _ before: [String: JSONValue], _ after: [String: JSONValue]) {
        let first = changes.count
        for key in Set(before.keys).union(after.keys).sorted() { compare("\(name).\(key)", before[key], after[key]) }
        // Size, times and inode say nothing more where the content or the place changed, and the place follows the name.
        for (consequence, cause) in [(".fingerprint", ""), (".path", ".declared")] {
            let own = changes[first...]
            guard own.count > 1, own.contains(where: { $0.component.hasSuffix(cause) }) else { continue }
            changes.removeSubrange(first...)
            changes += own.filter { $0.component != name + consequence }
        }
    }

    private mutating func compare(_ name: String, elements before: [Element], _ after: [Element]) {
        for pair in ListAlignment(before.map(\.parts), after.map(\.parts)).differences {
            let old = pair.old.map { before[$0] }
            let new = pair.new.map { after[$0] }
            let place = "\(name)[\((new ?? old)?.index ?? 0)]"
            for part in Set((old?.parts ?? [:]).keys).union((new?.parts ?? [:]).keys).sorted() {
                compare(place + part, old?.parts[part], new?.parts[part])
            }
        }
    }

    /// Takes components named `LIST[N]` or `LIST[N].PART` together as lists.
    private static func gathered(
        _ key: [String: JSONValue]
    ) -> (plain: [String: JSONValue], lists: [String: [Element]]) {
        var plain: [String: JSONValue] = [:]
        var lists: [String: [Int: [String: JSONValue]]] = [:]
        for (name, value) in key {
            if name.hasPrefix("inputs."), !name.hasPrefix("inputs.variables."), let open = name.firstIndex(of: "["),
                let close = name[open...].firstIndex(of: "]"), let index = Int(name[name.index(after: open)..<close])
            {
                let part = String(name[name.index(after: close)...])
                lists[String(name[..<open]), default: [:]][index, default: [:]][part] = withoutPlace(value)
            } else {
                plain[name] = name.hasPrefix("inputs.") ? withoutPlace(value) : value
            }
        }
        let sorted = lists.mapValues { elements in
            elements.sorted { $0.key < $1.key }.map { Element(index: $0.key, parts: $0.value) }
        }
        return (plain, sorted)
    }

    /// A fact of a source says again which field names it.
    private static func withoutPlace(_ value: JSONValue) -> JSONValue {
        guard var members = value.objectValue else { return value }
        members["field"] = nil
        return .object(members)
    }
}

extension String {
    /// By text, but numbers in it by their value: `[2]` before `[10]`.
    fileprivate func naturallyPrecedes(_ other: String) -> Bool {
        var (one, two) = (utf8[...], other.utf8[...])
        while let left = one.first, let right = two.first {
            let (first, second) = (one.prefix(while: Self.isDigit), two.prefix(while: Self.isDigit))
            if !first.isEmpty, !second.isEmpty, !first.elementsEqual(second) {
                if first.count != second.count { return first.count < second.count }
                return first.lexicographicallyPrecedes(second)
            }
            if left != right { return left < right }
            one = one.dropFirst()
            two = two.dropFirst()
        }
        return one.isEmpty && !two.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
