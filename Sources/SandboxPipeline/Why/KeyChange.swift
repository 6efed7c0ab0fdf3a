package import JSONText
import PipelineContracts

/// A named component of a key that differs.
package struct KeyChange: Sendable, Hashable {
    /// As `spec.mounts[2].mode` or `inputs.variables.LANG`.
    package let component: String
    /// Nil where there was none.
    package let old: JSONValue?
    package let new: JSONValue?

    var json: JSONValue { .members(["component": .string(component), "old": old, "new": new]) }

    /// What differs between two keys, down to the fields of each component.
    static func between(_ old: [String: JSONValue], _ new: [String: JSONValue]) -> [KeyChange] {
        var changes: [KeyChange] = []
        for name in Set(old.keys).union(new.keys).sorted() { compare(name, old[name], new[name], &changes) }
        return changes
    }

    private static func compare(_ name: String, _ old: JSONValue?, _ new: JSONValue?, _ changes: inout [KeyChange]) {
        if old == new { return }
        if let before = old?.objectValue, let after = new?.objectValue {
            var inner: [KeyChange] = []
            for key in Set(before.keys).union(after.keys).sorted() {
                compare("\(name).\(key)", before[key], after[key], &inner)
            }
            // Size, times and inode say nothing more where the content or the place changed.
            let telling = inner.filter { !$0.component.hasSuffix(".fingerprint") }
            changes += telling.isEmpty ? inner : telling
        } else if let before = old?.arrayValue, let after = new?.arrayValue, before.count == after.count {
            for index in before.indices { compare("\(name)[\(index)]", before[index], after[index], &changes) }
        } else {
            changes.append(KeyChange(component: name, old: old, new: new))
        }
    }

    /// Takes the components that only say that an earlier stage gave something else from those that say what changed.
    static func sorted(_ changes: [KeyChange], of stage: StageName) -> (own: [KeyChange], follows: [StageName]) {
        var own: [KeyChange] = []
        var follows: [StageName] = []
        for change in changes {
            let first = change.component.prefix { $0 != "." }
            if let earlier = StageName(rawValue: String(first)), earlier.number < stage.number {
                if !follows.contains(earlier) { follows.append(earlier) }
            } else {
                own.append(change)
            }
        }
        // The archive holds the spec as a whole; which of its fields changed is said where it counts.
        if !follows.isEmpty { own.removeAll { stage == .archive && $0.component == "spec" } }
        return (own, follows)
    }
}
